/**
 * Bodies without their secrets: the fields of forms, JSON and markup that are called like one. What is no whole JSON, such as the
 * text of a script or JSON inside of a string, is searched for `name: "value"`.
 *
 * A body may be long and is a server's: no loop here goes over a part of it twice, and no expression repeats an alternative
 * without a bound, for which a platform would need a stack as deep as the body is long.
 */

import { isSecretName } from './secret-names.ts'

/** Notes a secret, and gives what is shown in its place. */
export type Hide = (value: string, name: string) => string

/** Masks a text that is no form. */
export function maskFields(text: string, mimeType: string, hide: Hide): string {
  const isJSON = /json/i.test(mimeType) || /^\s*[{[]/.test(text)
  return maskAssigned(isJSON ? maskJSON(text, hide) : maskMarkup(text, hide), hide)
}

/** Keys are read as JSON has them; of a secret list or object all values are secrets. The end may be cut off. */
function maskJSON(text: string, hide: Hide): string {
  let masked = ''
  let copied = 0
  let depth = 0
  let secretDepth = 0
  /** The secret key whose value comes next; of a secret list or object, its key. */
  let key: string | undefined
  const replace = (at: number, end: number, value: string) => {
    masked += `${text.slice(copied, at)}"${hide(value, key ?? '')}"`
    copied = end
  }
  for (let at = 0, end = 0; at < text.length; at = end) {
    const char = text.charAt(at)
    end = char === '"' ? stringEnd(text, at) : /[-\d]/.test(char) ? numberEnd(text, at) : at + 1
    if (char === '"' && isFollowedByColon(text, end)) {
      const name = unquoted(text.slice(at, Math.min(end, at + 200)))
      if (secretDepth === 0) key = isSecretName(name) ? name : undefined
    } else if (char === '"' || end > at + 1 || /\d/.test(char)) {
      if (key !== undefined) replace(at, end, char === '"' ? unquoted(text.slice(at, end)) : text.slice(at, end))
      if (secretDepth === 0) key = undefined
    } else if (char === '{' || char === '[') {
      depth += 1
      if (key !== undefined && secretDepth === 0) secretDepth = depth
    } else if (char === '}' || char === ']') {
      if (depth === secretDepth) secretDepth = 0
      if (secretDepth === 0) key = undefined
      depth -= 1
    } else if (char === ',' && secretDepth === 0) key = undefined
  }
  return masked + text.slice(copied)
}

/** Behind the closing quote, or the end of a text that was cut. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function numberEnd(text: string, start: number): number {
  let end = start + 1
  while (/[\d.eE+-]/.test(text.charAt(end))) end++
  return end
}

function isFollowedByColon(text: string, end: number): boolean {
  let at = end
  while (/\s/.test(text.charAt(at))) at++
  return text[at] === ':'
}

function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted.replace(/^"|"$/g, '')
  }
}

/** `<token>abc</token>`, and `value` or `content` of an `<input>` or `<meta>` with such a name, as servers write CSRF tokens. */
function maskMarkup(text: string, hide: Hide): string {
  if (!text.includes('<')) return text
  return text
    .replace(
      /(<(?:[\w.-]{1,64}:)?([\w.-]{1,64})(?:\s[^<>]{0,200})?>)([^<]+)/g,
      (whole, tag: string, name: string, value: string) => (isSecretName(name) ? tag + hide(value, name) : whole),
    )
    .replace(/<(?:input|meta)\s[^<>]*/gi, (tag) => {
      const [, name = ''] = /\s(?:name|id)\s?=\s?["']?([^"'\s]{1,100})/i.exec(tag) ?? []
      if (!isSecretName(name)) return tag
      return tag.replace(/(\s(?:value|content)\s?=\s?)("[^"]*"|'[^']*'|[^\s"']+)/gi, (_, before: string, value: string) => {
        const quote = /^["']/.exec(value)?.[0] ?? ''
        return before + quote + hide(quote ? value.slice(1, -1) : value, name) + quote
      })
    })
}

/** `name: "value"` and `name = 'value'`, in scripts, in GraphQL and, with escaped quotes, inside of a JSON string. */
function maskAssigned(text: string, hide: Hide): string {
  let masked = ''
  let copied = 0
  for (const match of text.matchAll(/(\\?["']|\b)([\w$-]{1,64})\1\s{0,4}[:=]\s{0,4}\\?["']/g)) {
    const [whole, , name = ''] = match
    const start = match.index + whole.length
    if (start < copied || !isSecretName(name)) continue
    const value = upToQuote(text, start)
    if (value === '') continue
    masked += text.slice(copied, start) + hide(value, name)
    copied = start + value.length
  }
  return masked + text.slice(copied)
}

function upToQuote(text: string, start: number): string {
  const inside = /[^"'\\\n]*/y
  inside.lastIndex = start
  return inside.exec(text)?.[0] ?? ''
}

/** RFC 7578: the part's headers, an empty line, its value up to the next boundary. More than a few headers would take quadratic time. */
export function maskParts(text: string, hide: Hide): string {
  const part = /form-data; name="([^"\r\n]{1,64})"[^\r\n]*\r\n(?:[^\r\n]+\r\n){0,8}\r\n/g
  let masked = ''
  let copied = 0
  for (const match of text.matchAll(part)) {
    const [head, name = ''] = match
    const start = match.index + head.length
    if (start < copied || !isSecretName(name)) continue
    const boundary = text.indexOf('\r\n--', start)
    const end = boundary < 0 ? text.length : boundary
    masked += text.slice(copied, start) + hide(text.slice(start, end), name)
    copied = end
  }
  return masked + text.slice(copied)
}
