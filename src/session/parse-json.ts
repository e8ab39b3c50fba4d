/** JSON as ofetch reads it: any other text stays text, and no key can reach a prototype. */

const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  undefined,
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
}
/** An object, an array, a string, or a number that JavaScript holds exactly enough. */
const BEGINNING = /^\s*["[{]|^\s*-?\d{1,16}(?:\.\d{1,17})?(?:E[+-]?\d+)?\s*$/i
/** A reviver makes parsing ten times slower, so it runs only where a key may be a dangerous one, perhaps in escapes. */
const SUSPECT = /__proto__|constructor|\\u00[5-7]/i

/** Parses a body into the values that destr 2.0 gives, which ofetch uses. Never throws. */
export function parseJSON(text: string): unknown {
  if (typeof text !== 'string') return text
  if (text[0] === '"' && text.at(-1) === '"' && !text.includes('\\')) return text.slice(1, -1)
  const word = text.trim()
  if (word.length <= 9 && Object.hasOwn(WORDS, word.toLowerCase())) return WORDS[word.toLowerCase()]
  if (!BEGINNING.test(text)) return text
  try {
    return JSON.parse(text, SUSPECT.test(text) ? withoutPrototypes : undefined)
  } catch {
    return text
  }
}

function withoutPrototypes(key: string, value: unknown): unknown {
  const isDangerous =
    key === '__proto__' || (key === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value)
  return isDangerous ? undefined : value
}

// ofetch imports its parser as the default export.
export default parseJSON
