/** Headers of a lazy response. The platform's own cost as much as the rest of the response, and few are ever asked for. */
import { INSPECT } from '../../exchange/request.ts'

/** Headers as undici gives them: names in lower case. */
export type Fields = Readonly<Record<string, string | string[]>>

/** `get`, `has` and `getSetCookie` read the fields; every other member makes real `Headers` first, and asks these. */
class LazyHeaders {
  readonly #fields: Fields
  #real: Headers | undefined

  constructor(fields: Fields) {
    this.#fields = fields
  }

  get(name: string): string | null {
    if (this.#real) return this.#real.get(name)
    const key = name.toLowerCase()
    const value = Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ')
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  getSetCookie(): string[] {
    if (this.#real) return this.#real.getSetCookie()
    const lines = this.#fields['set-cookie']
    return lines === undefined ? [] : typeof lines === 'string' ? [lines] : [...lines]
  }

  static names(headers: LazyHeaders): string[] {
    return Object.keys(headers.#fields)
  }

  static real(headers: LazyHeaders): Headers {
    headers.#real ??= appendFields(new Headers(), headers.#fields)
    return headers.#real
  }
}

/** Appends fields to the platform's own `Headers`. */
export function appendFields(headers: Headers, fields: Fields): Headers {
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (value === undefined) continue
    if (typeof value === 'string') append(headers, name, value)
    else for (const line of value) append(headers, name, line)
  }
  return headers
}

/** Appends a field. A name that is no header's, such as one with a blank in it, is left out: nobody could ask for it. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {}
}

/** What `console.log` shows: names only, since values may be secrets. */
function describeHeaders(this: LazyHeaders): string {
  return `Headers { ${LazyHeaders.names(this).join(', ')} }`
}

let isReady = false

/**
 * Makes lazy headers. Their class gets its prototype at the first use, since naming `Headers` loads Node's fetch, which takes
 * 30 ms.
 */
export function lazyHeaders(fields: Fields): Headers {
  if (!isReady) inherit()
  // Every member of Headers is there; TypeScript cannot see through the prototype.
  return new LazyHeaders(fields) as unknown as Headers
}

function inherit(): void {
  isReady = true
  Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype)
  // The platform's inspect method reads private fields that these do not have.
  Object.defineProperty(LazyHeaders.prototype, INSPECT, { value: describeHeaders })
  for (const name of ['append', 'delete', 'set', 'forEach', 'keys', 'values', 'entries', Symbol.iterator] as const) {
    Object.defineProperty(LazyHeaders.prototype, name, {
      value(this: LazyHeaders, ...args: never[]) {
        const real = LazyHeaders.real(this)
        return (real[name] as (...given: never[]) => unknown).apply(real, args)
      },
      configurable: true,
    })
  }
}
