/**
 * Cookies of one hop. fetch-cookie attaches what the jar holds and stores what comes back; it sees one exchange at a
 * time, with a string URL, headers of its own and the exact Set-Cookie lines. Left to itself (3.2.0) it appends to the
 * caller's Headers, splits `w=a, b=c` at the comma, follows redirects with credentials, and ignores `credentials`.
 */
import fetchCookie from 'fetch-cookie'
import type { CookieValues } from '../cookie-values.ts'
import { discard } from '../drain.ts'
import { describe } from '../errors.ts'
import { tell } from '../listeners.ts'
import { refusal } from '../network-error.ts'
import { isAtOrigin, type Layer, type LayerNext, type LayerRequest, stateOf, withChange } from '../request.ts'
import { originOf } from '../secrets.ts'
import type { Jar } from './jar.ts'
import { isStoreError } from './store-shelf.ts'

const NONE: ReadonlySet<string> = new Set()

/** Reports whether the jar is read and written for this hop; see `credentials` of the Fetch standard. */
function usesJar(request: LayerRequest): boolean {
  const { call, crossed } = stateOf(request)
  const { credentials } = call.platform
  if (call.opaque || credentials === 'omit') return false
  // A redirect into a mount of another scheme goes without credentials.
  if (crossed && !/^https?:$/.test(request.url.protocol)) return false
  return credentials !== 'same-origin' || originOf(request.url) === call.state.home
}

/** Makes the cookie layer of a session; without a jar only the call's own cookies are sent. */
export function createCookieLayer(jar: Jar | undefined): Layer {
  return (request, next) => (jar && usesJar(request) ? exchange(jar, request, next) : next(withCookies(request, '')))
}

async function exchange(jar: Jar, request: LayerRequest, next: LayerNext): Promise<Response> {
  const { call, scope, progress } = stateOf(request)
  const { url } = request
  let response: Response | undefined
  const jarOfHop = {
    getCookieString: async () => scope.race(jar.header(url)),
    async setCookie(line: string) {
      const reason = await scope.race(jar.put(line, url, 'response'))
      if (reason === undefined) {
        progress.takenOver ??= new Set()
        progress.takenOver.add(nameOf(line))
      }
      if (reason !== undefined) tell(call.options.onCookieRejected, { line, url: url.href, reason })
    },
  }
  const send = async (_: unknown, init?: { headers?: { cookie?: string } }) => {
    response = await next(withCookies(request, init?.headers?.cookie ?? ''))
    const lines = response.headers.getSetCookie?.() ?? []
    // `status: 200`: redirects are not fetch-cookie's business. `getAll`: the exact lines, never split.
    return { headers: { getAll: () => lines }, url: url.href, status: 200, response }
  }
  try {
    // The types ask for a whole fetch; what fetch-cookie touches is in `send`.
    const answer = await fetchCookie(send as never, jarOfHop, false)(url.href, { headers: {} } as never)
    return (answer as unknown as { response: Response }).response
  } catch (error) {
    if (response) await discard(response)
    throw isStoreError(error) ? refusal(`${describe(request)}: ${error.message}`, error.cause) : error
  }
}

/** The value of a cookie of this hop, whether it comes from the jar or from the call. */
export async function hopCookie(jar: Jar | undefined, request: LayerRequest, name: string): Promise<string | undefined> {
  const header = hopCookies(request, jar && usesJar(request) ? await jar.header(request.url) : '')
  const pair = pairsOf(header).find((one) => nameOf(one) === name)
  return pair?.slice(pair.indexOf('=') + 1)
}

/** The Cookie header of a hop: the jar's, overridden by name by what the call says. */
function hopCookies(request: LayerRequest, fromJar: string): string {
  const { call, crossed, progress } = stateOf(request)
  if (call.platform.credentials === 'omit') return ''
  const own = call.cookies === undefined || crossed || !isAtOrigin(request) ? undefined : call.cookies
  return mergeCookieHeader(fromJar, request.headers.get('cookie'), own, progress.takenOver ?? NONE)
}

/** The hop's own request, with one Cookie header. */
function withCookies(request: LayerRequest, fromJar: string): LayerRequest {
  const cookie = hopCookies(request, fromJar)
  if (cookie === (request.headers.get('cookie') ?? '')) return request
  const headers = new Headers(request.headers)
  if (cookie === '') headers.delete('cookie')
  else headers.set('cookie', cookie)
  return withChange(request, { headers })
}

function mergeCookieHeader(fromJar: string, explicit: string | null, own: CookieValues, takenOver: ReadonlySet<string>): string {
  if (explicit === null && own === undefined) return fromJar
  const options = Object.entries(own ?? {}).filter(([name]) => !takenOver.has(name))
  const given = new Set(options.map(([name]) => name))
  const header = pairsOf(explicit ?? '').filter((pair) => !given.has(nameOf(pair)) && !takenOver.has(nameOf(pair)))
  for (const pair of header) given.add(nameOf(pair))
  const kept = pairsOf(fromJar).filter((pair) => !given.has(nameOf(pair)))
  const added = options.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
  return [...kept, ...header, ...added].join('; ')
}

function pairsOf(header: string): string[] {
  return header.split(/; */).filter((pair) => pair !== '')
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? ''
}
