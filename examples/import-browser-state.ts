/**
 * Goes on where a browser or curl has logged in: `import-browser-state FILE URL` reads what it has saved (Playwright's storage
 * state, an extension's export, a HAR, cookies.txt), asks for the URL with those cookies, and writes cookies.txt for curl beside
 * the file. Without arguments it does so with a log-in of its own, at a small server that it starts.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from 'sessionfetch'
import { cookiesTxt, har, type ReadCookies, storageState } from 'sessionfetch/formats'
import { startServer } from './httpbin.ts'

/** Asks each format in turn. What is none of them says what it looks like. */
function readAny(text: string): ReadCookies {
  const [first, ...others] = [cookiesTxt, storageState, har].map(({ read }) => {
    try {
      return read(text)
    } catch (error) {
      return error
    }
  })
  const found = [first, ...others].find((result): result is ReadCookies => !(result instanceof Error))
  if (found) return found
  throw first
}

async function goOn(file: string, url: string): Promise<void> {
  const { cookies, skipped } = readAny(await readFile(file, 'utf8'))
  console.log(`${file}: ${cookies.length} cookies`)
  for (const { at, reason } of skipped) console.log(`  left out ${at}: ${reason}`)

  await using session = createSession()
  for (const { name, reason } of await session.cookies.import(cookies)) console.log(`  refused ${name}: ${reason}`)
  const response = await session.fetch(url)
  console.log(`${url}: ${response.status}\n${(await response.text()).slice(0, 500)}`)

  const forCurl = `${file}.cookies.txt`
  await writeFile(forCurl, cookiesTxt.write(await session.cookies.getAll()), { mode: 0o600 })
  console.log(`curl -b ${forCurl} ${url}`)
}

/** Saves a log-in as a browser under Playwright does: `await context.storageState({ path })`. */
async function logIn(origin: string): Promise<string> {
  await using session = createSession({ baseURL: origin })
  await session.post('/login', { form: { user: 'ada', password: 'secret' } })
  const file = join(await mkdtemp(join(tmpdir(), 'browser-state-')), 'state.json')
  await writeFile(file, JSON.stringify(storageState.write(await session.cookies.getAll())), { mode: 0o600 })
  return file
}

const [file, url] = process.argv.slice(2)
if (file && url) await goOn(file, url)
else {
  const server = await startServer()
  await goOn(await logIn(server.origin), `${server.origin}/private`)
  await server.close()
}
