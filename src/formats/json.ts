/** Input in JSON, as a text or already parsed. It may be hostile, so only own properties of objects are read. */

/** The object or array of a JSON text, or the one that was given; `undefined` for anything else. */
export function parseJSON(input: unknown): object | undefined {
  const parsed = typeof input === 'string' ? parseText(input) : input
  return typeof parsed === 'object' && parsed !== null ? parsed : undefined
}

function parseText(text: string): unknown {
  // A text that does not end like JSON is not parsed: it may have many megabytes.
  if (!/[\]}]$/.test(text.slice(-1000).trimEnd())) return undefined
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

/** A property of the object's own. */
export function ownOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return undefined
  // An object has whatever properties it has, of type unknown.
  return (object as Readonly<Record<string, unknown>>)[name]
}
