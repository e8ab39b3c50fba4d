/** A fetch in memory for unit tests: any host, no socket. It notes what it was given, as the wire would see it. */

/** A request that was sent. */
export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly init: RequestInit
}

/** A response as a literal. @default 200 with the body `{}` as JSON */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
}

/** What is answered: a function of the request and its number from 1, or a list of answers, one after the other. */
export type Answers = ((sent: Sent, number: number) => Answer | Response | Promise<Answer | Response>) | readonly Answer[]

/** The fetch, what it was given, and the last of it. */
export interface Memory {
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>
  readonly sent: Sent[]
  readonly last: Sent
}

/** Makes a fetch that answers so. */
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
      // A Request makes text of the body and sets its content-type, as the platform's fetch does.
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

/** The error that a promise rejects with. Throws if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (!outcome) throw new Error('expected a rejection')
  return outcome.error as Error & Record<string, unknown>
}

/** The messages and stacks of an error and of its causes, as one text. */
export function texts(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) parts.push(at.message, at.stack ?? '')
  return parts.join('\n')
}
