/**
 * The examples of requests' own Session documentation, one after the other, as a transcript.
 * Against the server of `httpbin.ts`, or any httpbin: `npm start -- http://host`.
 */
import { isDeepStrictEqual } from 'node:util'
import { createSession, type Session } from 'sessionfetch'
import { startServer } from './httpbin.ts'

const HELP = 'requests-session [http://host]: runs the examples of requests’ Session documentation'

interface Cookies {
  readonly cookies: Readonly<Record<string, string>>
}
interface Headers {
  readonly headers: Readonly<Record<string, string>>
}

let differences = 0

/** Prints one line of the transcript, and what was expected if it is something else. */
function show(code: string, result: unknown, expected: unknown): void {
  console.log(`  > ${code}\n    ${JSON.stringify(result)}`)
  if (isDeepStrictEqual(result, expected)) return
  differences++
  console.log(`    !! expected ${JSON.stringify(expected)}`)
}

async function cookiesAreKept(session: Session): Promise<void> {
  console.log('\nCookies set by the server are sent back')
  await session.get('/cookies/set/sessioncookie/123456789')
  show("session.get('/cookies')", await session.get('/cookies'), { cookies: { sessioncookie: '123456789' } })
}

async function headersAreDefaults(session: Session): Promise<void> {
  console.log('\nDefault headers and auth, and headers of one call')
  session.auth = { username: 'user', password: 'pass' }
  session.headers.set('x-test', 'true')
  const { headers } = await session.get<Headers>('/headers', { headers: { 'x-test2': 'true' } })
  const found = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const seen = { 'x-test': found['x-test'], 'x-test2': found['x-test2'], authorization: found.authorization }
  const expected = { 'x-test': 'true', 'x-test2': 'true', authorization: `Basic ${btoa('user:pass')}` }
  show("session.get('/headers', { headers: { 'x-test2': 'true' } })", seen, expected)
  const without = await session.get<Headers>('/headers', { headers: { 'x-test': null } })
  show(
    "… with { 'x-test': null }",
    Object.keys(without.headers).some((name) => name.toLowerCase() === 'x-test'),
    false,
  )
  session.auth = null
}

async function callCookiesDoNotPersist(origin: string): Promise<void> {
  console.log('\nCookies of one call do not persist, those of the session do')
  await using session = createSession({ baseURL: origin })
  const first = await session.get<Cookies>('/cookies', { cookies: { 'from-my': 'browser' } })
  show("session.get('/cookies', { cookies: { 'from-my': 'browser' } })", first, { cookies: { 'from-my': 'browser' } })
  show("session.get('/cookies')", await session.get('/cookies'), { cookies: {} })
  await session.cookies.set('kept', 'yes')
  show("session.cookies.set('kept', 'yes'), session.get('/cookies')", await session.get('/cookies'), { cookies: { kept: 'yes' } })
}

async function logIn(origin: string, embedded: boolean): Promise<void> {
  console.log('\nA log-in form, and the page behind it')
  await using session = createSession({ baseURL: origin })
  const form = { user: 'ada', password: 'secret' }
  if (embedded) {
    show("session.get('/private') is refused", (await session.fetch('/private')).status, 401)
    await session.post('/login', { form })
    show("session.post('/login', { form }), session.get('/private')", await session.get('/private'), {
      page: 'private',
      user: 'ada',
    })
    return
  }
  // httpbin has no log-in, but it echoes forms and sets what cookies it is asked to.
  const echo = await session.post<{ form: unknown }>('/post', { form })
  show("session.post('/post', { form })", echo.form, form)
  await session.post('/response-headers', { form, query: { 'Set-Cookie': 'sid=ada-1815; Path=/' } })
  show("session.post('/response-headers', …), session.get('/cookies')", await session.get('/cookies'), {
    cookies: { sid: 'ada-1815' },
  })
}

async function main(given: string | undefined): Promise<void> {
  if (given === '--help') return console.log(HELP)
  if (given !== undefined && !/^https?:\/\//.test(given)) throw new TypeError(`give an http(s) URL\n${HELP}`)
  const server = given === undefined ? await startServer() : undefined
  const origin = given ?? server?.origin ?? ''
  console.log(
    `The examples of requests' Session documentation, against ${server ? 'the embedded server' : 'the httpbin at'} ${origin}`,
  )
  try {
    const session = createSession({ baseURL: origin, timeout: 10_000 })
    await cookiesAreKept(session)
    await headersAreDefaults(session)
    await session.close()
    await callCookiesDoNotPersist(origin)
    await logIn(origin, server !== undefined)
  } finally {
    await server?.close()
  }
  console.log(differences === 0 ? '\nAll as documented.' : `\n${differences} results are not as documented.`)
  process.exitCode = differences === 0 ? 0 : 1
}

await main(process.argv[2]).catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
