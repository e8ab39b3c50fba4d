/**
 * Cookies of one hop. fetch-cookie attaches what the jar holds and stores what comes back; it sees one exchange at a
 * time, with a string URL, headers of its own and the exact Set-Cookie lines. Left to itself (3.2.0) it appends to the
 * caller's Headers, splits `w=a, b=c` at the comma, follows redirects with credentials, and ignores `credentials`.
 */
import fetchCookie from 'fetch-cookie'
import { type Layer, type LayerRequest, stateOf, withChange } from '../chain.ts'
import type { CookieValues } from '../rules.ts'
import { originOf } from '../secrets.ts'
import type { Jar } from './jar.ts'

/** Reports whether the jar is read and written for this hop; see `credentials` of the Fetch standard. */
export function usesJar(request: LayerRequest): boolean {
  const { call } = stateOf(request)
  const { credentials } = call.platform
  if (call.opaque || credentials === 'omit') return false
  return credentials !== 'same-origin' || originOf(request.url) === call.state.home
}

/** Makes the cookie layer of a session; without a jar only the call's own cookies are sent. */
export function createCookieLayer(jar: Jar | undefined): Layer {
  return (request, next) => (jar && usesJar(request) ? exchange(jar, request, next) : next(withCookies(request, '')))
}

async function exchange(jar: Jar, request: LayerRequest, next: (request: LayerRequest) => Promise<Response>): Promise<Response> {
  const { call, scope } = stateOf(request)
  const { url } = request
  const jarOfHop = {
    getCookieString: async () => scope.race(jar.header(url)),
    setCookie: async (line: string) => scope.race(jar.store(line, url, call.onCookieRejected)),
  }
  const send = async (_: unknown, init?: { headers?: { cookie?: string } }) => {
    const response = await next(withCookies(request, init?.headers?.cookie ?? ''))
    // `status: 200`: redirects are not fetch-cookie's business. `getAll`: the exact lines, never split.
    return { headers: { getAll: () => response.headers.getSetCookie() }, url: url.href, status: 200, response }
  }
  const { response } = (await fetchCookie(send as never, jarOfHop, false)(url.href, { headers: {} } as never)) as never as {
    response: Response
  }
  return response
}

/** The hop's own request, with one Cookie header: the jar's, overridden by name by what the call says. */
function withCookies(request: LayerRequest, fromJar: string): LayerRequest {
  const { call, crossed, takenOver } = stateOf(request)
  const explicit = request.headers.get('cookie')
  const own = crossed || call.platform.credentials === 'omit' || originOf(request.url) !== call.origin ? undefined : call.cookies
  const nothing = own === undefined && fromJar === '' && (explicit === null || takenOver.size === 0)
  if (nothing && call.platform.credentials !== 'omit') return request
  const headers = new Headers(request.headers)
  const cookie = call.platform.credentials === 'omit' ? '' : mergeCookieHeader(fromJar, explicit, own, takenOver)
  if (cookie === '') headers.delete('cookie')
  else headers.set('cookie', cookie)
  return withChange(request, { headers })
}

function mergeCookieHeader(fromJar: string, explicit: string | null, own: CookieValues, takenOver: ReadonlySet<string>): string {
  if (explicit === null && own === undefined) return fromJar
  const overrides = new Map<string, string | null>()
  for (const pair of (explicit ?? '').split(/; */)) {
    if (pair !== '') overrides.set(nameOf(pair), pair)
  }
  for (const [name, value] of Object.entries(own ?? {})) overrides.set(name, value === null ? null : `${name}=${value}`)
  for (const name of takenOver) overrides.delete(name)
  const kept = fromJar.split('; ').filter((pair) => pair !== '' && !overrides.has(nameOf(pair)))
  return [...kept, ...[...overrides.values()].filter((pair) => pair !== null)].join('; ')
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? ''
}
