/**
 * Stays logged in to Django's admin: `stay-logged-in ORIGIN FILE`, with the password in the environment variable PASSWORD. The
 * first time it logs in; the next time, also after it was killed, it goes on where it was. With a key in JAR_KEY the file is
 * encrypted.
 */
import { createSession, raiseForStatus, type Session } from 'sessionfetch'
import { fileStore } from 'sessionfetch/stores'

async function main(origin: string, file: string): Promise<void> {
  const session = createSession({
    baseURL: origin,
    jar: fileStore(file, { key: process.env.JAR_KEY }),
    csrf: true, // the csrftoken cookie goes into the header that Django asks for
    timeout: 20_000,
  })
  if (await isLoggedIn(session)) console.log('still logged in')
  else await logIn(session)
  const page = await session.get('/admin/', { responseType: 'text' })
  console.log(`welcome, ${/<strong>(\w+)<\/strong>/.exec(page)?.[1] ?? 'nobody'}`)
  // A job that works on until it is ended. Nothing needs to be saved before that.
  setInterval(() => undefined, 60_000)
}

/** Django sends who is not logged in to its log-in page. */
async function isLoggedIn(session: Session): Promise<boolean> {
  const response = raiseForStatus(await session.fetch('/admin/'))
  return !new URL(response.url).pathname.includes('/login/')
}

async function logIn(session: Session): Promise<void> {
  const form = { username: 'ada', password: process.env.PASSWORD ?? '' }
  const response = await session.fetch('/admin/login/?next=/admin/', { method: 'POST', form })
  if (new URL(response.url).pathname !== '/admin/') throw new Error('the log-in was refused: is PASSWORD set?')
  console.log('logged in')
}

const [origin, file] = process.argv.slice(2)
if (origin && file) await main(origin, file)
else console.log('stay-logged-in ORIGIN FILE')
