/** CSRF: a cookie's value, or a token from the page, goes into a header of unsafe requests. */
import type { SharedOptions } from '../contract/options.ts'
import type { CsrfRule, CsrfRules } from '../exchange/call.ts'
import { BOOLEAN, type Check, check, FUNCTION, isString, partsOf } from '../exchange/checked-options.ts'
import { discard, orDiscard } from '../exchange/discard.ts'
import { type Exchange, type Layer, type Send, withRequest } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { SAFE } from '../http/methods.ts'
import { originOf } from '../http/origin.ts'
import { decodeRuns } from '../http/percent.ts'
import { isToken } from '../http/token.ts'
import { answerOf } from './concurrency.ts'

const CONVENTIONS: CsrfRules = {
  rules: [
    { cookie: 'XSRF-TOKEN', header: 'x-xsrf-token', decode: true },
    { cookie: 'csrftoken', header: 'x-csrftoken', decode: false },
  ],
  retry: false,
}

type Parts = Partial<Pick<CsrfRule, 'cookie' | 'header' | 'token'>> & { readonly retry?: boolean }

const PARTS: Readonly<Record<keyof Parts, Check>> = {
  cookie: check(isString, 'the name of a cookie'),
  header: check(isToken, 'the name of a header'),
  token: FUNCTION,
  retry: BOOLEAN,
}

/** Checks a `csrf` option. */
export function parseCsrf(csrf: SharedOptions['csrf']): CsrfRules | undefined {
  if (csrf === null || csrf === undefined || csrf === false) return undefined
  if (csrf === true) return CONVENTIONS
  const { cookie, header, token, retry = false } = partsOf('csrf', csrf as Parts, PARTS)
  const source = cookie ? { cookie, decode: true } : token && { token, decode: false }
  if (!header || !source) throw new TypeError('csrf: give true, { cookie, header } or { header, token }')
  return { rules: [{ header: header.toLowerCase(), ...source }], retry }
}

/** Finds the value of a cookie that goes with a request. */
export type ReadCookie = (exchange: Exchange, name: string) => Promise<string | undefined> | string | undefined

/** Makes the layer that adds the header of the token. An explicit header wins, and another origin gets none. */
export function csrfLayer(readCookie: ReadCookie): Layer {
  return (exchange, next) => {
    const { call, crossed, method, url } = exchange
    const applies = call.csrf && !SAFE.includes(method) && !crossed && originOf(url) === call.csrfOrigin
    return applies && call.csrf ? withTokens(exchange, call.csrf, readCookie, next) : next(exchange)
  }
}

async function withTokens(
  exchange: Exchange,
  { rules, retry }: CsrfRules,
  readCookie: ReadCookie,
  next: Send,
): Promise<Response> {
  const first = await addTokens(exchange, rules, readCookie)
  const response = await next(first)
  if (!retry || (response.status !== 403 && response.status !== 419) || isOneShot(exchange.body)) return response
  const second = await orDiscard(response, () => addTokens(exchange, rules, readCookie))
  if (rules.every(({ header }) => first.headers.get(header) === second.headers.get(header))) return response
  await discard(response)
  return next(second)
}

async function addTokens(exchange: Exchange, rules: readonly CsrfRule[], readCookie: ReadCookie): Promise<Exchange> {
  const headers = new Headers(exchange.headers)
  for (const { header, cookie, token, decode } of rules) {
    if (headers.has(header)) continue
    const value = await (token ? answerOf(exchange, token()) : exchange.lifetime.race(readCookie(exchange, cookie ?? '')))
    if (value) headers.set(header, headerValue(value, decode))
  }
  return withRequest(exchange, { headers })
}

/** The value for the header. One that no header can hold is refused here, since the platform's error would quote it. */
function headerValue(value: string, decode: boolean): string {
  const usable = [decode ? decodeRuns(value) : value, value].find((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  if (usable === undefined) throw new TypeError('csrf: the token holds characters that a header cannot hold')
  return usable
}
