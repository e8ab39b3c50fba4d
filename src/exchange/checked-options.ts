/** Options, read by their own keys and checked: rules that more than one option has. */
import { hide } from '../contract/kind.ts'
import { INSPECT } from './request.ts'

/** What an option, or a part of one, may be. */
export interface Check {
  readonly isRight: (value: unknown) => boolean
  /** What to give, for the error. */
  readonly advice: string
}

/** Reports whether a value is an object with keys of its own, and no array. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const isOf = (type: string) => (value: unknown) => typeof value === type

/** Reports whether a value is a string. */
export const isString = isOf('string')
/** Reports whether a value is a function. */
export const isFunction = isOf('function')

/** A check, and what to give instead of what it refuses. */
export const check = (isRight: Check['isRight'], what: string): Check => ({ isRight, advice: `give ${what}` })

/** A list of values of one type, in words of its own. */
export const listOf = (type: string, words: string): Check =>
  check((value) => Array.isArray(value) && value.every(isOf(type)), `an array of ${words}`)

/** Yes or no. */
export const BOOLEAN: Check = check(isOf('boolean'), 'true or false')
/** How often. */
export const COUNT: Check = check((value) => Number.isInteger(value) && (value as number) >= 0, 'a whole number, 0 or more')
/** What the caller's code decides. */
export const FUNCTION: Check = check(isFunction, 'a function')
/** How long. */
export const WAIT: Check = check((ms) => typeof ms === 'number' && ms >= 0, 'milliseconds')
/** How long, or who says so. */
export const DELAY: Check = check((value) => isFunction(value) || WAIT.isRight(value), 'milliseconds or a function')
/** Of responses. */
export const STATUS_CODES: Check = listOf('number', 'numbers')

/** The largest delay of setTimeout, in milliseconds; a larger one fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Options to be read by their own keys, whatever somebody has put on Object.prototype. A class, since an object made by
 * `Object.create(null)` is slow to read; and it prints nothing, since options hold secrets.
 */
class OwnKeys {}
Object.setPrototypeOf(OwnKeys.prototype, null)
hide(OwnKeys.prototype, { toJSON: optionNames, [INSPECT]: optionNames })

function optionNames(this: object): object {
  return Object.fromEntries(Object.keys(this).map((name) => [name, '***']))
}

/** A copy of options with their own keys only, those without a value left out; later ones win. */
export function fromOwnKeys<T extends object>(...options: readonly (T | null | undefined)[]): T {
  const copy: Record<PropertyKey, unknown> = new OwnKeys() as never
  for (const one of options) {
    for (const name of one ? Object.keys(one) : []) {
      const value = (one as Record<string, unknown>)[name]
      if (value !== undefined) copy[name] = value
    }
  }
  return copy as T
}

/** The parts of an option, each of which was given and is right. An unknown one is refused. */
export function partsOf<T extends object>(option: string, given: T, checks: Readonly<Record<keyof T, Check>>): T {
  const parts: object = isObject(given) ? fromOwnKeys(given) : { given }
  for (const [name, value] of Object.entries(parts)) {
    if (!Object.hasOwn(checks, name)) {
      const unknown = isObject(given) ? `'${name}' is no part of it; ` : ''
      throw new TypeError(`${option}: ${unknown}give { ${Object.keys(checks).join(', ')} }`)
    }
    const { isRight, advice } = checks[name as keyof T]
    if (!isRight(value)) throw new TypeError(`${option}: ${name}: ${advice}`)
  }
  return parts as T
}
