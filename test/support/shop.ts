/** The server of the snippets of the pages, in memory. Where it has no route it answers with the request that it got. */

type Route = (request: Sent) => Response

interface Sent {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
}

/** The answers, by path. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/login': () => Response.json({ user: 'ada' }, { headers: { 'set-cookie': 'sid=42; Path=/; HttpOnly' } }),
  '/me': ({ headers }) => (/\bsid=42\b/.test(headers.get('cookie') ?? '') ? Response.json({ user: 'ada' }) : refused()),
  '/profile': ({ headers }) => (headers.get('authorization') === 'Bearer fresh' ? Response.json({ user: 'ada' }) : refused()),
  '/token': () => Response.json({ access: 'fresh', refresh: 'next' }),
  '/moved': () => new Response(null, { status: 302, headers: { location: '/cart' } }),
  '/loop': () => new Response(null, { status: 302, headers: { location: '/loop' } }),
  '/strange': () => new Response(null, { status: 302, headers: { location: 'gopher://shop.example/' } }),
  '/again': () => new Response(null, { status: 307, headers: { location: '/items' } }),
  '/busy': () => new Response('busy', { status: 503, headers: { 'retry-after': '0' } }),
  '/pages': ({ url }) => page(Number(url.searchParams.get('page') ?? 1)),
  '/csrf': () => Response.json({}, { headers: { 'set-cookie': 'XSRF-TOKEN=a%2Fb; Path=/' } }),
  '/bad-cookie': () => Response.json({}, { headers: { 'set-cookie': 'sid=1; Domain=com' } }),
  '/report.csv': () => new Response('a,b\n1,2\n', { headers: { 'content-type': 'text/csv', 'content-length': '8' } }),
  '/page.html': () => new Response('<h1>Orders</h1>', { headers: { 'content-type': 'text/html' } }),
  // 204: a feed that is over, since events() would connect to any other one for ever.
  '/orders/feed': () => new Response(null, { status: 204 }),
}

const refused = () => Response.json({ message: 'log in first' }, { status: 401 })

function page(number: number): Response {
  const next = `<https://shop.example/api/pages?page=${number + 1}>; rel="next"`
  return Response.json({ page: number, items: [`item ${number}`] }, { headers: number < 3 ? { link: next } : {} })
}

/** Makes the server's `fetch`. Each has its own count of failures. */
export function shopFetch(): typeof fetch {
  let flaky = 0
  return async (input, init = {}) => {
    const url = new URL(String(input))
    const sent: Sent = { url, method: init.method ?? 'GET', headers: new Headers(init.headers), body: await bodyOf(init.body) }
    const path = url.pathname.replace(/^\/api\b/, '') || '/'
    if (path === '/flaky' && flaky++ % 2 === 0) return ROUTES['/busy']?.(sent) ?? refused()
    if (path === '/slow') return hang(init.signal)
    if (path.includes('missing')) return Response.json({ message: 'no such thing' }, { status: 404 })
    const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined
    return route ? route(sent) : echo(sent)
  }
}

/** The body of a request; a stream is read to its end. */
async function bodyOf(body: unknown): Promise<unknown> {
  return body instanceof ReadableStream ? new Response(body).text() : body
}

/** Answers never; rejects when the signal fires. */
function hang(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

function echo({ url, method, headers, body }: Sent): Response {
  const text = body instanceof URLSearchParams || typeof body === 'string' ? String(body) : undefined
  return Response.json({ url: url.href, method, headers: Object.fromEntries(headers), body: text, items: [] })
}
