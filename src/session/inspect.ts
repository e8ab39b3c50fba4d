/** What `console.log(session)` shows: enough to recognise the session, and no secret. */
import { addressOf } from '../http/origin.ts'
import type { SessionState } from './state.ts'

/** Headers whose values are shown. Of all others only the name is, since their value may be a secret. */
const HARMLESS = /^(?:accept(?:-encoding|-language)?|cache-control|content-type|user-agent|x-client|x-requested-with)$/

/** Describes a session in a line. */
export function describeSession({ base, headers, query, givenAuth, lifetime, parts }: SessionState): string {
  const { cookies, transport } = parts.describe()
  const shown = {
    baseURL: base && addressOf(base),
    headers: [...headers].map(([name, value]) => `${name}: ${HARMLESS.test(name) ? value : '***'}`).join(', '),
    query: [...query.keys()].map((key) => `${key}=***`).join('&'),
    auth: givenAuth && '***',
    cookies,
    transport,
    closed: lifetime.aborted && 'yes',
  }
  const lines = Object.entries(shown).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  return `Session { ${lines.join(', ')} }`
}
