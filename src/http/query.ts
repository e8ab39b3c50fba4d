/** Query and form fields as options: any form, arrays repeat the key, `null` removes. */

import { pairsOf, setPairs } from './pairs.ts'

type FieldValue = unknown
/** An object, pairs, a string or `URLSearchParams`; arrays repeat the key. */
export type QueryLike =
  | URLSearchParams
  | string
  | Readonly<Record<string, FieldValue>>
  | readonly (readonly [string, FieldValue])[]
  | object

/** Lists fields as pairs; a `null` value stands for "remove this key". */
function fieldPairs(fields: QueryLike, option = 'query'): [string, string | null][] {
  if (typeof fields === 'string') return [...new URLSearchParams(fields)]
  refuseFile(fields, option)
  return pairsOf(fields, option).flatMap(([name, value]): [string, string | null][] => {
    const key = String(name)
    if (value === undefined) return []
    const listed: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]
    const values = listed.filter((one) => one !== undefined && one !== null)
    // `null` and an empty list leave nothing of an inherited key.
    if (values.length === 0) return [[key, null]]
    return values.map((one) => {
      refuseFile(one, `${option}: '${key}'`)
      return [key, fieldText(one)]
    })
  })
}

function refuseFile(value: unknown, where: string): void {
  if (typeof value === 'object' && value !== null && 'arrayBuffer' in value)
    throw new TypeError(`${where}: a Blob or File needs body: a FormData that holds it`)
}

/** Objects as ofetch writes them, as JSON; a Date or URL as its own JSON form, without the quotes. */
function fieldText(value: unknown): string {
  if (typeof value !== 'object') return String(value)
  const json = JSON.stringify(value) ?? 'null'
  return json.startsWith('"') ? JSON.parse(json) : json
}

/** The fields of a query with those of options set over them, of which ofetch has two names. */
export function mergedQuery(
  base: URLSearchParams | undefined,
  { params, query }: { readonly params?: QueryLike | null | undefined; readonly query?: QueryLike | null | undefined },
): URLSearchParams {
  const merged = new URLSearchParams(base)
  for (const fields of [params, query]) if (fields !== undefined && fields !== null) setPairs(merged, fieldPairs(fields))
  return merged
}

/** A form's fields as a body, `application/x-www-form-urlencoded`. */
export function formBody(form: QueryLike): URLSearchParams {
  return new URLSearchParams(fieldPairs(form, 'form').filter((pair): pair is [string, string] => pair[1] !== null))
}

/** Appends a query to another without touching what is there: the URL's own query stays, byte for byte. */
export function joinQuery(search: string, more: string): string {
  if (more === '') return search
  return search.length > 1 ? `${search}&${more}` : `?${more}`
}
