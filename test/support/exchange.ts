/** Exchanges for unit tests of layers: a literal, and a lambda as the next layer. */
import type { Call } from '../../src/exchange/call.ts'
import { Lifetime } from '../../src/exchange/lifetime.ts'
import type { Exchange, HopRequest, Layer } from '../../src/exchange/request.ts'

const NONE: ReadonlySet<string> = new Set()

interface Parts extends Partial<Omit<Exchange, keyof HopRequest | 'call'>> {
  /** Of the exchange and of its call. */
  readonly request?: Partial<HopRequest>
  readonly call?: Partial<Call>
}

/** Makes the exchange of a GET of `https://a.example/x`, with what is given in place of its own parts. */
export function exchangeOf({ request = {}, call = {}, ...more }: Parts = {}): Exchange {
  const url = request.url ?? new URL('https://a.example/x')
  const whole = { url, method: 'GET', headers: new Headers(), body: null, ...request }
  return {
    ...whole,
    call: {
      ...{ ...whole, origin: 'https://a.example', csrfOrigin: 'https://a.example', options: { context: {} }, platform: {} },
      ...{ signals: [], isHome: true, home: 'https://a.example', ownAuth: undefined, auth: null, cookies: undefined },
      ...{ csrf: undefined, timeout: undefined, retry: undefined, maxBytes: undefined, redirect: 'follow', maxRedirects: 20 },
      ...{ sensitiveHeaders: NONE, isOpaque: false, isData: false, wantsData: false },
      ...call,
    },
    ...{ lifetime: new Lifetime(), closing: new Lifetime(), crossed: false, attempt: 1, cookie: undefined, progress: {} },
    ...more,
  }
}

/** What a layer's `next` answers: a response, an error that it throws, or a function that makes the response. */
export type Answer = Response | Error | (() => Response | Promise<Response>)

/** A `next` that gives its answers in turn, the last one for ever, and notes the exchanges that came. */
export function answering(...answers: readonly Answer[]) {
  const seen: Exchange[] = []
  const send = async (exchange: Exchange): Promise<Response> => {
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? new Response('{}')
    seen.push(exchange)
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer() : answer.clone()
  }
  return { send, seen }
}

/** Runs one layer over a `next` that answers so; gives its response or error, and the exchanges that reached `next`. */
export async function through(layer: Layer, exchange: Exchange, ...answers: readonly Answer[]) {
  const { send, seen } = answering(...answers)
  const outcome = await layer(exchange, send).then(
    (response) => ({ response, error: undefined }),
    (error: unknown) => ({ response: undefined, error }),
  )
  return { ...outcome, seen }
}
