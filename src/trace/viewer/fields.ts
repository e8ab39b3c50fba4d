/** Fields of JSON that anybody may have written: what is missing or of a wrong type counts as empty. */

export type Fields = Readonly<Record<string, unknown>>

export const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
export const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
export const positive = (value: unknown): number => Math.max(0, number(value))
