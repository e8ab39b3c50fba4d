/** Pages that link to each other by `Link: <…>; rel="next"`, RFC 8288. */
import type { CallOptions } from '../contract/options.ts'
import type { SessionResponse } from '../contract/response.ts'
import type { FetchOptions, Session } from '../contract/session.ts'
import type { FetchInput } from '../contract/settings.ts'
import { originOf } from '../http/origin.ts'
import { PAGE, type PageMark } from './locate.ts'
import { isRequest, requestOptions } from './request-input.ts'

/**
 * Yields responses along `links.next`, from the first page on. It ends on a URL that it has already seen.
 * Secrets stay at the origin of the first request, and do not come back once a page was elsewhere.
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
  const prepared = await session.prepare(input, options)
  const home = originOf(prepared.url)
  const seen = new Set([withoutFragment(prepared.url)])
  let response = await session.send(prepared)
  for (let isForeign = false; ; ) {
    seen.add(response.url)
    const { next } = response.links
    isForeign ||= originOf(new URL(response.url)) !== home
    yield response
    if (!next) return
    const url = new URL(next.url)
    if (seen.has(withoutFragment(url))) return
    seen.add(withoutFragment(url))
    isForeign ||= originOf(url) !== home
    response = await session.fetch(url, nextOptions(isRequest(input) ? requestOptions(input, options) : options, isForeign))
  }
}

function withoutFragment({ href }: URL): string {
  return href.split('#', 1)[0] ?? ''
}

/** The options of a next page: without query and body, which were for the first one, and at another origin without secrets. */
function nextOptions(options: CallOptions, isForeign: boolean): FetchOptions {
  const { query, params, body, form, method, schema, ...rest } = options
  const mark: { readonly [PAGE]: PageMark } = { [PAGE]: { isForeign } }
  if (!isForeign) return { ...rest, ...mark }
  const { auth, cookies, csrf, headers, baseURL, ...open } = rest
  return { ...open, ...mark }
}
