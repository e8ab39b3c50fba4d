/** Compiled with Node's types and no DOM library. */
import { createSession, digest } from 'sessionfetch'

export async function main(): Promise<void> {
  await using session = createSession({
    auth: digest({ username: 'u', password: 'p' }),
    pool: { connections: 2 },
    proxy: 'http://p/',
  })
  const asFetch: typeof fetch = session.fetch
  await asFetch('http://h/', { method: 'POST', body: 'x' })
  for (const cookie of await session.cookies.getAll()) console.log(cookie.name, cookie.expires)
  console.log(JSON.stringify(session.cookies))
}
