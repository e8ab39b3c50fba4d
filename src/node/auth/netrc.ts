/** `.netrc`: user names and passwords by host, as curl and requests read them. Only behind `trustEnv`. */
import type { Credentials } from '../../contract/options.ts'
import { builtin, environmentVariables } from '../builtin.ts'

/** The credentials of the file for a host; `undefined` if it has none, or there is no file. */
export function netrcCredentials(): (host: string) => Credentials | undefined {
  const { NETRC, HOME } = environmentVariables()
  const path = NETRC || `${HOME ?? builtin('node:os').homedir()}/.netrc`
  try {
    const machines = parseNetrc(builtin('node:fs').readFileSync(path, 'utf8'))
    return (host) => machines.get(host) ?? machines.get('')
  } catch {
    return () => undefined
  }
}

/** Credentials by host; `''` for `default`. Tokens may be quoted; `macdef` runs to an empty line. */
export function parseNetrc(text: string): Map<string, Credentials> {
  const withoutMacros = text.replace(/^[ \t]*macdef[\s\S]*?(?:\n[ \t]*\n|$(?![\s\S]))/gm, '\n')
  const tokens = withoutMacros.replace(/^[ \t]*#.*$/gm, '').match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
  const machines = new Map<string, Credentials>()
  let host: string | undefined
  let entry: { login?: string; password?: string } = {}
  const keep = () => {
    if (host === undefined || machines.has(host) || entry.login === undefined) return
    machines.set(host, { username: entry.login, password: entry.password ?? '' })
  }
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    const value = () => unquoted(tokens[++index] ?? '')
    if (token === 'machine' || token === 'default') {
      keep()
      host = token === 'default' ? '' : value().toLowerCase()
      entry = {}
    } else if (token === 'login' || token === 'user') entry.login = value()
    else if (token === 'password') entry.password = value()
    else if (token === 'account') value()
  }
  keep()
  return machines
}

function unquoted(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token
}
