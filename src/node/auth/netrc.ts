/** `.netrc`: user names and passwords by host, as curl and requests read them. Only behind `trustEnv`. */
import type { Credentials } from '../../http/basic.ts'
import { endOfRun, readQuoted } from '../../http/header-fields.ts'
import { asciiHost } from '../../http/url.ts'
import { builtin, environmentVariables } from '../builtin.ts'

/** Asks for a host's credentials; after a redirect, where the server chose the host, only an entry of that very name counts. */
export type NetrcLookup = (host: string, hop?: { readonly redirected: boolean }) => Credentials | undefined

/** Reads the file that `NETRC` names, else `.netrc`, else `_netrc` in the home folder. A missing file counts as an empty one. */
export function netrcCredentials(): NetrcLookup {
  const machines = parseNetrc(readNetrc() ?? '')
  return (host, { redirected } = { redirected: false }) => {
    const name = host.replace(/^\[|\]$/g, '').toLowerCase()
    return machines.get(name) ?? (redirected ? undefined : machines.get(DEFAULT))
  }
}

function readNetrc(): string | undefined {
  const { NETRC, HOME } = environmentVariables()
  const home = HOME ?? builtin('node:os').homedir()
  for (const path of NETRC ? [NETRC] : [`${home}/.netrc`, `${home}/_netrc`]) {
    try {
      return builtin('node:fs').readFileSync(path, 'utf8')
    } catch {
      // Missing or unreadable: curl and requests go on without it too.
    }
  }
  return undefined
}

/** The name of the entry for every host that has none of its own. */
const DEFAULT = ''

interface Entry {
  readonly host: string
  login?: string
  password?: string
}

/** Keywords whose next word is a field of the entry. */
const FIELDS: ReadonlyMap<string, 'login' | 'password'> = new Map([
  ['login', 'login'],
  ['user', 'login'],
  ['password', 'password'],
])

/** Credentials by host; the first entry of a host counts. Words may be quoted; `macdef` runs to an empty line. */
export function parseNetrc(text: string): ReadonlyMap<string, Credentials> {
  const words = new Words(text)
  const entries: Entry[] = []
  for (let word = words.next(); word !== undefined; word = words.next()) {
    const field = FIELDS.get(word)
    const entry = entries.at(-1)
    if (word.startsWith('#')) words.skipLine()
    else if (word === 'macdef') words.skipMacro()
    else if (word === 'machine') entries.push({ host: asciiHost(words.next() ?? '') })
    else if (word === 'default') entries.push({ host: DEFAULT })
    else if (word === 'account') words.next()
    else if (field) {
      const value = words.next() ?? ''
      if (entry) entry[field] = value
    }
  }
  const machines = new Map<string, Credentials>()
  for (const { host, login: username, password = '' } of entries)
    if (username !== undefined && !machines.has(host)) machines.set(host, { username, password })
  return machines
}

const SPACE = /\s*/y
const WORD = /\S*/y

/** The file word by word. */
class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): string | undefined {
    const start = endOfRun(this.#text, this.#at, SPACE)
    if (start === this.#text.length) return undefined
    const isQuoted = this.#text[start] === '"'
    const end = isQuoted ? 0 : endOfRun(this.#text, start, WORD)
    const word = isQuoted ? readQuoted(this.#text, start) : { value: this.#text.slice(start, end), end }
    this.#at = word.end
    return word.value
  }

  /** Skips the rest of the line, and says whether there was anything on it. */
  skipLine(): boolean {
    const found = this.#text.indexOf('\n', this.#at)
    const end = found < 0 ? this.#text.length : found
    const line = this.#text.slice(this.#at, end)
    this.#at = Math.min(end + 1, this.#text.length)
    return line.trim() !== ''
  }

  /** Skips the body of a `macdef`, which ends with the first empty line. */
  skipMacro(): void {
    while (this.#at < this.#text.length && this.skipLine());
  }
}
