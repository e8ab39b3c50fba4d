/** The options of a trace. */

/** How much a trace keeps, and whether secrets are among it. */
export interface TraceOptions {
  /** Calls that are kept; the oldest go first. Also the most hops of one call. @default 1000 */
  readonly limit?: number | undefined
  /** Records bodies too, as far as they are read. @default false */
  readonly bodies?: boolean | undefined
  /** Bytes that are kept of each body. @default 65_536 */
  readonly maxBodyBytes?: number | undefined
  /** Records credentials, cookies and tokens as they are, instead of `•••`. @default false */
  readonly secrets?: boolean | undefined
}

/** The same with the defaults put in. */
export interface TraceSettings {
  /** Calls that are kept. */
  readonly limit: number
  /** Whether bodies are recorded. */
  readonly bodies: boolean
  /** Bytes that are kept of each body. */
  readonly maxBodyBytes: number
  /** Whether secrets are recorded as they are. */
  readonly secrets: boolean
}

const isCount = (value: unknown) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) > 0)
const isBoolean = (value: unknown) => typeof value === 'boolean'

const CHECKS: Readonly<Record<string, readonly [isRight: (value: unknown) => boolean, advice: string]>> = {
  limit: [isCount, 'give a whole number of calls above 0'],
  bodies: [isBoolean, 'give true or false'],
  maxBodyBytes: [isCount, 'give a whole number of bytes above 0'],
  secrets: [isBoolean, 'give true or false'],
}

const DEFAULTS: TraceSettings = { limit: 1000, bodies: false, maxBodyBytes: 65_536, secrets: false }

/** Checks the options. Throws a `TypeError` that says what to give. */
export function parseSettings(options: TraceOptions): TraceSettings {
  if (typeof options !== 'object' || options === null) throw new TypeError('trace: give an object of options')
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined
    if (!check) throw new TypeError(`trace: there is no option ${name}: give ${Object.keys(CHECKS).join(', ')}`)
    if (!check[0](value)) throw new TypeError(`trace: ${name}: ${check[1]}`)
  }
  return { ...DEFAULTS, ...Object.fromEntries(given) }
}
