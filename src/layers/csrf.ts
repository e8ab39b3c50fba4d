/** CSRF: a cookie's value, or a token from the page, goes into a header of unsafe requests. */

import type { CsrfOptions, SharedOptions } from '../contract/options.ts'
import { originOf } from '../exchange/credentials.ts'
import { discard } from '../exchange/discard.ts'
import { type Layer, type LayerNext, type LayerRequest, stateOf, withChange } from '../exchange/request.ts'
import { isOneShot } from '../http/body.ts'
import { fetchHeaderName } from '../http/headers.ts'

/** RFC 9110 section 9.2.1. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

interface CsrfRule {
  readonly header: string
  readonly cookie?: string
  readonly token?: () => string | null | undefined | Promise<string | null | undefined>
  /** Laravel and Angular write the cookie URL-encoded, Django does not. */
  readonly decode: boolean
}

export interface CsrfRules {
  readonly rules: readonly CsrfRule[]
  readonly retry: boolean
}

const CONVENTIONS: CsrfRules = {
  rules: [
    { cookie: 'XSRF-TOKEN', header: 'x-xsrf-token', decode: true },
    { cookie: 'csrftoken', header: 'x-csrftoken', decode: false },
  ],
  retry: false,
}

/** Checks a `csrf` option. */
export function parseCsrf(csrf: SharedOptions['csrf']): CsrfRules | undefined {
  if (csrf === null || csrf === undefined || csrf === false) return undefined
  if (csrf === true) return CONVENTIONS
  const { header, retry = false, cookie, token } = csrf as CsrfOptions & { cookie?: string; token?: CsrfRule['token'] }
  const name = fetchHeaderName(header, 'csrf')
  if (typeof cookie === 'string') return { rules: [{ header: name, cookie, decode: true }], retry }
  if (typeof token === 'function') return { rules: [{ header: name, token, decode: false }], retry }
  throw new TypeError('csrf: give true, { cookie, header } or { header, token }')
}

/** Adds the token's header. An explicit header wins; another origin gets none. */
export const csrfLayer: Layer = (request, next) => {
  const { call, crossed } = stateOf(request)
  const applies = call.csrf && !SAFE.has(request.method) && !crossed && originOf(request.url) === call.csrfOrigin
  return applies && call.csrf ? withTokens(request, call.csrf, next) : next(request)
}

async function withTokens(request: LayerRequest, { rules, retry }: CsrfRules, next: LayerNext): Promise<Response> {
  const first = await addTokens(request, rules)
  const response = await next(first)
  if (!retry || (response.status !== 403 && response.status !== 419) || isOneShot(request.body)) return response
  const second = await addTokens(request, rules).catch(async (error: unknown) => {
    await discard(response)
    throw error
  })
  if (rules.every(({ header }) => first.headers.get(header) === second.headers.get(header))) return response
  await discard(response)
  return next(second)
}

async function addTokens(request: LayerRequest, rules: readonly CsrfRule[]): Promise<LayerRequest> {
  const { call, scope } = stateOf(request)
  const headers = new Headers(request.headers)
  for (const { header, cookie, token, decode } of rules) {
    if (headers.has(header)) continue
    const value = await scope.race(token ? token() : call.environment.readCookie(request, cookie ?? ''))
    if (value) headers.set(header, headerValue(value, decode))
  }
  return withChange(request, { headers })
}

/** A value that no header can hold would be quoted in the platform's error. */
function headerValue(value: string, decode: boolean): string {
  const decoded = decode ? decodeSafely(value) : value
  const usable = [decoded, value].find((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  if (usable === undefined) throw new TypeError('csrf: the token holds characters that a header cannot hold')
  return usable
}

function decodeSafely(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
