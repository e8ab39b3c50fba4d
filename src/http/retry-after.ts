/** The `Retry-After` header, RFC 9110 section 10.2.3: whole seconds, or a date. */
import { parseDate } from './date.ts'

/** Milliseconds from `now` on, never negative; `undefined` if the header is missing or says something else. */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = parseDate(text, now)
  return date === undefined ? undefined : Math.max(0, date - now)
}
