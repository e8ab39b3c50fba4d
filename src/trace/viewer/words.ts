/** How the page speaks of a hop, in a row, to a screen reader, and in the details. */

import type { Hop } from './hop.ts'
import type { Call } from './recording.ts'
import { duration } from './time-axis.ts'

const CAUSES: Readonly<Record<string, string>> = {
  redirect: 'redirect',
  auth: 'credentials',
  csrf: 'new CSRF token',
  again: 'sent again',
  unsent: 'not sent',
}

/** Why this hop was sent, where it is not simply the call's first. */
export function causeWords({ cause, attempt }: Hop): string {
  if (cause === 'retry') return `attempt ${attempt}`
  return (Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined) ?? ''
}

/** Path and query; with the host where there are several. */
export function placeOf(url: string): { readonly host: string; readonly path: string } {
  if (!URL.canParse(url)) return { host: '', path: url }
  const { host, pathname, search } = new URL(url)
  return { host, path: shown(pathname + search) }
}

/** The mask of a trace is the one thing that is shown as it was before it became a URL. */
function shown(path: string): string {
  return path.replaceAll('%E2%80%A2', '•')
}

/** A date of HAR, ISO 8601, to the minute; another text as it is. */
export function dateWords(date: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]*)?Z$/.exec(date) ?? []
  return day && time ? `${day} ${time} UTC` : date
}

/** A status in words, also where there is none. */
export function statusWords(hop: Hop): string {
  const { status, error } = hop
  if (status > 0) return String(status)
  if (error !== '') return 'failed'
  return isPending(hop) ? 'pending' : 'no response'
}

/** A trace may be looked at while a call is on its way; of a browser's file without an answer nobody knows why it has none. */
export function isPending({ status, error, isOurs }: Hop): boolean {
  return isOurs && status === 0 && error === ''
}

/** The class that colours a status. */
export function statusClass({ status, error }: Hop): string {
  if (status >= 500 || (status === 0 && error !== '')) return 'is-bad'
  if (status >= 400) return 'is-warn'
  if (status >= 300) return 'is-moved'
  return status >= 100 ? 'is-good' : 'is-open'
}

/** All of a row in one sentence, for those who do not see it. */
export function sentence(hop: Hop): string {
  const { host, path } = placeOf(hop.url)
  const cookies = (what: string, names: readonly string[]) => (names.length === 0 ? '' : `${what} ${names.join(', ')}`)
  const taken = hop.set.filter(({ refused }) => refused === '')
  const parts = [
    `${hop.method} ${path} at ${host}`,
    hop.status > 0 ? `status ${hop.status}` : statusWords(hop),
    duration(hop.end - hop.start),
    causeWords(hop),
    cookies('sends cookies', unique(hop.sent)),
    cookies('sets cookies', unique(taken)),
    cookies('refused cookies', unique(hop.set.filter(({ refused }) => refused !== ''))),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function unique(cookies: readonly { readonly name: string }[]): string[] {
  return [...new Set(cookies.map(({ name }) => name || 'without a name'))]
}

/** What a call of several hops is made of. */
export function callWords({ hops, refreshes }: Call): string {
  const attempts = new Set(hops.map(({ attempt }) => attempt)).size
  return [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    `${hops.length} requests`,
    ...refreshes.map((ms) => `token refreshed in ${duration(ms)}`),
  ].join(', ')
}
