/** A trace as lines for a terminal: one for each call, and under it, indented, one for each hop. */

import type { TraceAttempt, TraceEntry, TraceHop, TraceSetCookie } from './entry.ts'

/** Makes the lines of entries. */
export function toText(entries: readonly TraceEntry[]): string {
  return entries.flatMap((entry) => [callLine(entry), ...hopLines(entry)].map(printable)).join('\n')
}

/** A server's words must not steer the terminal that they are printed on. */
function printable(line: string): string {
  return line.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function callLine({ method, url, status, state, error, timings, refreshes }: TraceEntry): string {
  return joined([
    `${method} ${url}`,
    state === 'pending' ? 'pending' : error === undefined ? String(status) : reason(error),
    timings.waiting === undefined ? '' : time(timings.waiting),
    timings.queued < 1 ? '' : `queued ${time(timings.queued)}`,
    ...refreshes.map(({ took }) => (took === undefined ? 'refreshing' : `refreshed in ${time(took)}`)),
  ])
}

const joined = (parts: readonly string[]) => parts.filter((part) => part !== '').join('  ')

function hopLines(entry: TraceEntry): string[] {
  const origin = originOf(entry.url)
  return entry.attempts.flatMap((attempt, at) =>
    attempt.hops.map((hop) => `  ${hopLine(hop, origin, hop.cause === 'retry' ? whyRetried(entry.attempts, at) : '')}`),
  )
}

function hopLine(hop: TraceHop, origin: string, retry: string): string {
  const { request, response, timings, error, transport } = hop
  const parts = [
    `${request.method} ${shortURL(request.url, origin)}`,
    response ? String(response.status) : error === undefined ? 'pending' : reason(error),
    timings.waiting === undefined ? '' : time(timings.waiting),
    retry || (hop.cause === 'call' ? '' : `(${hop.cause})`),
    transport && transport !== 'platform' ? `by ${transport}` : '',
    names('sent', request.cookies.map(nameOf)),
    names('set', (response?.cookies ?? []).filter(({ refused }) => refused === undefined).map(nameOf)),
    ...(response?.cookies ?? []).flatMap(refusal),
    response?.redirectURL ? `→ ${shortURL(response.redirectURL, origin)}` : '',
  ]
  return joined(parts)
}

function whyRetried(attempts: readonly TraceAttempt[], at: number): string {
  const cause = attempts[at - 1]?.retried
  return `(attempt ${at + 1}${cause === undefined ? '' : ` after ${reason(cause)}`})`
}

const nameOf = ({ name }: { readonly name: string }) => (name === '' ? "''" : name)
const names = (what: string, cookies: readonly string[]) => (cookies.length === 0 ? '' : `${what} ${cookies.join(', ')}`)

function refusal(cookie: TraceSetCookie): string[] {
  return cookie.refused === undefined ? [] : [`refused ${nameOf(cookie)} (${cookie.refused})`]
}

/** Without the method and URL that the errors of a session begin with: the line has them already. */
function reason(message: string): string {
  return message.replace(/^(\w+: )[A-Z]+ \S+: /, '$1')
}

function originOf(url: string): string {
  return /^[^/]*\/\/[^/]*/.exec(url)?.[0] ?? ''
}

/** The path at the call's own origin, the whole elsewhere. */
function shortURL(url: string, origin: string): string {
  return origin !== '' && originOf(url) === origin ? url.slice(origin.length) || '/' : url
}

function time(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
