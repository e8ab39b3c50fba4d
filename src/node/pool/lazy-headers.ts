/** Headers for a lazy response: the platform's own cost as much as the rest of it, and a few of them are ever asked for. */
import { INSPECT } from '../../exchange/request.ts'

/** Headers as undici gives them: names in lower case. */
export type Fields = Readonly<Record<string, string | string[]>>

/** The members that are asked for on the way; the others come from real `Headers`, made when they are needed. */
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
    headers.#real ??= realHeaders(headers.#fields)
    return headers.#real
  }
}

/** The platform's own `Headers` of what came. Pseudo-headers are HTTP/2's, and none of them. */
export function realHeaders(fields: Fields): Headers {
  const headers = new Headers()
  for (const name of Object.keys(fields)) {
    if (name.startsWith(':')) continue
    for (const value of [fields[name] ?? []].flat()) append(headers, name, value)
  }
  return headers
}

/** A server may send a name that is none, such as one with a blank in it. Nobody can ask for it, so it is left out. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value)
  } catch {}
}

/** Names only: values may be secrets. */
function describeHeaders(this: LazyHeaders): string {
  return `Headers { ${LazyHeaders.names(this).join(', ')} }`
}

let isReady = false

/** Makes lazy headers, and at the first ones their class: to name `Headers` loads Node's fetch, which takes 30 ms. */
export function lazyHeaders(fields: Fields): Headers {
  if (!isReady) inherit()
  // Every member of Headers is there; TypeScript cannot see through the prototype.
  return new LazyHeaders(fields) as unknown as Headers
}

function inherit(): void {
  isReady = true
  Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype)
  // The platform's own looks into fields that these do not have.
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
