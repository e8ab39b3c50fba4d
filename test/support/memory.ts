/** A fetch in memory for unit tests: any host, no socket. It notes what it was given, as the wire would see it. */

export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly init: RequestInit
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
}

/** Answers by a function of the request, or by a list, one after the other. */
export type Answers = ((sent: Sent, number: number) => Answer | Response | Promise<Answer | Response>) | readonly Answer[]

export interface Memory {
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>
  readonly sent: Sent[]
  readonly last: Sent
}

export function memory(answers: Answers = () => ({})): Memory {
  const sent: Sent[] = []
  return {
    sent,
    get last() {
      const last = sent.at(-1)
      if (!last) throw new Error('nothing was sent')
      return last
    },
    async fetch(input, init = {}) {
      init.signal?.throwIfAborted()
      const { body } = init
      // Through Request, so that the body becomes text and brings its content-type, as the platform does it.
      const whole = {
        method: init.method ?? 'GET',
        headers: init.headers ?? {},
        ...(body ? { body, duplex: 'half' as const } : {}),
      }
      const request = new Request(input, whole)
      const entry: Sent = { url: input, method: request.method, headers: request.headers, body: await request.text(), init }
      sent.push(entry)
      const answer = typeof answers === 'function' ? await answers(entry, sent.length) : (answers[sent.length - 1] ?? {})
      return answer instanceof Response ? answer : respond(answer, input)
    },
  }
}

function respond({ status = 200, headers = {}, cookies = [], body = '{}' }: Answer, url: string): Response {
  const all = new Headers({ 'content-type': 'application/json', ...headers })
  for (const cookie of cookies) all.append('set-cookie', cookie)
  const response = new Response([204, 304].includes(status) ? null : body, { status, headers: all })
  Object.defineProperty(response, 'url', { value: url.split('#', 1)[0] })
  return response
}

/** Waits for a rejection and gives the error. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (!outcome) throw new Error('expected a rejection')
  return outcome.error as Error & Record<string, unknown>
}

/** Every message and stack of an error and its causes. */
export function texts(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) parts.push(at.message, at.stack ?? '')
  return parts.join('\n')
}
