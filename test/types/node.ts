/** Compiled with Node's types and no DOM library. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSession, digest } from 'sessionfetch'
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

export async function render(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const visitor: VisitorSession = sessionForRequest(request, { baseURL: 'http://h/', forward: { headers: ['x-a'] } })
  visitor.applyTo(response).end(await visitor.get<string>('/x'))
  const web: Response = visitor.applyTo(new Response('page'))
  const headers: Headers = visitor.applyTo(new Headers(web.headers))
  console.log(headers, visitor.setCookieHeaders())
  // @ts-expect-error a jar would be made for each visitor
  sessionForRequest(request, { baseURL: 'http://h/', jar: false })
}
