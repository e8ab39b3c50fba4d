/** Pages that link to each other by `Link: <…>; rel="next"`, RFC 8288. */
import type { FetchInput } from './call.ts'
import type { CallOptions } from './options.ts'
import type { SessionResponse } from './response.ts'
import { originOf } from './secrets.ts'
import type { FetchOptions, Session } from './session-types.ts'

/**
 * Yields responses along `links.next`, from the first page on. It ends on a URL that it has already seen.
 * Options of the call are for its own origin: a next page elsewhere is asked for without them.
 *
 * @example
 * ```ts
 * for await (const page of paginate(session, '/issues', { query: { state: 'open' } })) show(await page.json())
 * ```
 */
export async function* paginate(
  session: Session,
  input: FetchInput,
  options: FetchOptions = {},
): AsyncGenerator<SessionResponse, void, undefined> {
  const seen = new Set<string>()
  let response = await session.fetch(input, options)
  const first = new URL(response.url)
  for (;;) {
    seen.add(response.url)
    const { next } = response.links
    yield response
    if (!next || seen.has(next.url.split('#', 1)[0] ?? '')) return
    const url = new URL(next.url)
    response = await session.fetch(url, nextOptions(options, originOf(first) === originOf(url)))
  }
}

/** The next URL already has its query; and what is secret, or was meant for this server, stays at this server. */
function nextOptions({ query, params, body, form, ...rest }: CallOptions, sameOrigin: boolean): CallOptions {
  const plain = { ...rest, query: null as never }
  if (sameOrigin) return plain
  const { auth, cookies, csrf, headers, ...public_ } = plain
  return public_
}
