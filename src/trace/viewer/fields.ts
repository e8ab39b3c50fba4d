/** Fields of JSON that anybody may have written: what is missing or of a wrong type counts as empty. */

/** An object whose members may be anything. */
export type Fields = Readonly<Record<string, unknown>>

/** The value if it is an object, else an empty one. */
export const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
/** The objects of a list, else an empty one. */
export const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
/** The value if it is a string, else `''`. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
/** The value if it is a finite number, else 0. */
export const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
/** The value if it is a number above 0, else 0; no longer than a date can be late, so that sums stay finite. */
export const positive = (value: unknown): number => Math.min(8.64e15, Math.max(0, number(value)))
