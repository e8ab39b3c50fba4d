/** One hop while it is recorded: the request as it goes out, the response as it comes, the end of its body. */

import type { RejectedCookie, SessionRequest } from '../index.ts'
import { Captured } from './captured.ts'
import type { Clock } from './clock.ts'
import { readCookieHeader, readSetCookie } from './cookies.ts'
import type {
  TraceBody,
  TraceCause,
  TraceHeader,
  TraceHop,
  TraceRequest,
  TraceResponse,
  TraceSetCookie,
  TraceTimings,
  TraceTransport,
  Writable,
} from './entry.ts'
import type { Mask } from './secrets.ts'
import { impliedType } from './sent-body.ts'
import type { TraceSettings } from './settings.ts'
import { watchBody } from './watched-body.ts'

/** What a hop needs to be recorded. */
export interface HopContext {
  readonly cause: TraceCause
  /** Milliseconds that the call was queued before this hop, its first; else 0. */
  readonly queued: number
  readonly settings: TraceSettings
  readonly clock: Clock
  readonly mask: Mask
}

/** Statuses that lead elsewhere, Fetch standard 2.2.3. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Records one hop; `shown` is what the trace gives away, and is filled in as the hop goes on. */
export class HopRecord {
  readonly shown: Writable<TraceHop>
  readonly #context: HopContext
  readonly #timings: Writable<TraceTimings>
  readonly #url: string
  #began: number
  /** The lines of cookies that were set, each as it came until the jar has judged it. */
  #setCookies: { readonly line: string; readonly cookie: Writable<TraceSetCookie> }[] = []

  constructor(request: SessionRequest, context: HopContext) {
    const { cause, queued, clock, mask } = context
    this.#context = context
    this.#began = clock.now()
    this.#url = request.url.href
    this.#timings = { queued, waiting: undefined, receiving: undefined }
    this.shown = {
      cause,
      transport: undefined,
      started: clock.dateOf(this.#began),
      request: showRequest(request, mask),
      response: undefined,
      error: undefined,
      timings: this.#timings,
    }
  }

  get isOpen(): boolean {
    return this.shown.response === undefined && this.shown.error === undefined
  }

  isFor(url: URL, method: string): boolean {
    return this.#url === url.href && this.shown.request.method === method
  }

  set transport(transport: TraceTransport) {
    this.shown.transport = transport
  }

  set requestBody(body: TraceBody | undefined) {
    this.shown.request = { ...this.shown.request, body }
  }

  /** The request goes out now: what was to be looked at before is not the server's time. */
  leave(): void {
    this.#began = this.#context.clock.now()
    this.shown.started = this.#context.clock.dateOf(this.#began)
  }

  /** The headers are there. */
  answer(response: Response): void {
    const { clock, mask, settings } = this.#context
    const arrived = clock.now()
    this.#timings.waiting = arrived - this.#began
    const shown = this.#showResponse(response, mask)
    this.shown.response = shown
    const mimeType = response.headers.get('content-type') ?? ''
    watchBody(response, {
      capture: () => newCapture(settings),
      end: (captured) => {
        if (this.#timings.receiving !== undefined && captured.bytes <= shown.bytes) return
        this.#timings.receiving = clock.now() - arrived
        shown.bytes = captured.bytes
        const body = settings.bodies && captured.bytes > 0 ? shownOf(captured, mimeType, mask) : undefined
        if (body) shown.body = body
      },
    })
  }

  fail(error: unknown): void {
    this.#timings.waiting = this.#context.clock.now() - this.#began
    this.shown.error = this.#context.mask.error(error)
  }

  /** Notes why a cookie was refused, and reports whether it was one of this hop's. */
  refuse({ line, url, reason }: RejectedCookie): boolean {
    if (withoutFragment(url) !== withoutFragment(this.#url)) return false
    const found = this.#setCookies.find((set) => set.line === line && set.cookie.refused === undefined)
    if (!found) return false
    found.cookie.refused = this.#context.mask.text(reason)
    return true
  }

  #showResponse(response: Response, mask: Mask): Writable<TraceResponse> {
    const { status, statusText, headers } = response
    // Duck-typed responses of mocks and of old platforms have no such method.
    const lines = headers.getSetCookie?.() ?? []
    this.#setCookies = lines.map((line) => ({ line, cookie: readSetCookie(line) }))
    for (const { cookie } of this.#setCookies) cookie.value = mask.secret(cookie.value)
    return {
      status,
      statusText,
      headers: [...otherHeaders(headers), ...lines.map((value) => ({ name: 'set-cookie', value }))].map((header) =>
        mask.header(header),
      ),
      cookies: this.#setCookies.map(({ cookie }) => cookie),
      redirectURL: REDIRECTS.has(status) ? mask.url(resolved(headers.get('location'), this.#url)) : '',
      bytes: 0,
    }
  }
}

/** Never throws, since it runs while the caller reads: a body that is too long for a text is not shown. */
function shownOf(captured: Captured, mimeType: string, mask: Mask): TraceBody | undefined {
  try {
    return captured.show(mimeType, mask)
  } catch {
    return undefined
  }
}

/** Without bodies the bytes are only counted. */
function newCapture({ bodies, maxBodyBytes }: TraceSettings): Captured {
  return new Captured(bodies ? maxBodyBytes : 0)
}

function showRequest({ method, url, headers, body }: SessionRequest, mask: Mask): TraceRequest {
  const cookies = readCookieHeader(headers.get('cookie')).map(({ name, value }) => ({ name, value: mask.secret(value) }))
  const type = headers.has('content-type') ? undefined : impliedType(body)
  const pairs = [...headers, ...(type === undefined ? [] : [['content-type', type] as const])]
  const lines = pairs.map(([name, value]) => mask.header({ name, value }))
  // Last, when all that is secret by its place is known.
  return { method, url: mask.url(url.href), headers: lines, cookies, hasBody: body !== null && body !== undefined }
}

function otherHeaders(headers: Headers): TraceHeader[] {
  const lines: TraceHeader[] = []
  headers.forEach((value, name) => {
    if (name !== 'set-cookie') lines.push({ name, value })
  })
  return lines
}

function resolved(location: string | null, base: string): string {
  if (location === null) return ''
  return URL.canParse(location, base) ? new URL(location, base).href : location
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? ''
}
