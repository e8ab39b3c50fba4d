/** What `console.log(session)` shows: enough to know it by, and no secret. */

import { isSecretHeader } from '../exchange/credentials.ts'
import type { SessionState } from './state.ts'

/** Node, Bun and Deno ask an object for its own description by this name. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom')

export function describeSession({ base, headers, query, auth, closed, options, parts }: SessionState): string {
  const sensitive = new Set(['set-cookie', ...(options.sensitiveHeaders ?? [])].map((name) => name.toLowerCase()))
  const shown = [...headers].map(
    ([name, value]) => `${name}: ${isSecretHeader(name, sensitive) || /key|token|secret|auth/.test(name) ? '***' : value}`,
  )
  const lines = [
    ['baseURL', base && `${base.protocol}//${base.host}${base.pathname}`],
    ['headers', shown.join(', ')],
    ['query', [...query.keys()].map((key) => `${key}=***`).join('&')],
    ['auth', auth && '***'],
    ['cookies', parts.describeCookies()],
    ['closed', closed && 'yes'],
  ]
  return `Session {${lines.flatMap(([name, value]) => (value ? [` ${name}: ${value}`] : [])).join(',')} }`
}
