/** Compiled with Node's types and no DOM library. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSession, digest } from 'sessionfetch'
import { cookieHeader, cookiesTxt, har, type ReadCookies, type StorageState, storageState } from 'sessionfetch/formats'
import { sessionForRequest, type VisitorSession } from 'sessionfetch/server'

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

export async function carry(text: string): Promise<string> {
  const read: ReadCookies = cookiesTxt.read(text)
  await using session = createSession({ jar: read })
  await session.cookies.import(har.read({ log: { entries: [] } }).cookies)
  await session.cookies.import(cookieHeader.read('a=1', new URL('http://h/')).cookies)
  const state: StorageState = storageState.write(await session.cookies.getAll())
  for (const { at, reason } of storageState.read(state).skipped) console.log(at, reason)
  // @ts-expect-error nothing takes a HAR in
  console.log(har.write)
  // @ts-expect-error a header alone does not say whose it is
  cookieHeader.read('a=1')
  return cookiesTxt.write(read.cookies) + cookieHeader.write(read.cookies)
}

export async function render(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const visitor: VisitorSession = sessionForRequest(request, { baseURL: 'http://h/', forward: { headers: ['x-a'] } })
  visitor.applyTo(response).end(await visitor.get<string>('/x'))
  const web: Response = visitor.applyTo(new Response('page'))
  const headers: Headers = visitor.applyTo(new Headers(web.headers))
  console.log(headers, visitor.setCookieHeaders())
  // @ts-expect-error a jar would be made for each visitor
  sessionForRequest(request, { baseURL: 'http://h/', jar: false })
}
