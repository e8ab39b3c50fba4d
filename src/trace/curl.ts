/** A hop as a command of curl, for a POSIX shell: what is sent is what was sent. */

import { hopsOf, type TraceBody, type TraceEntry, type TraceHop, type TraceRequest } from './entry.ts'

/** Linux takes no argument of 128 kB and more, and a character may be three bytes. */
const LONGEST_ARGUMENT = 40_000

/** curl adds these by itself, and computes them of what it sends. */
const OMITTED: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding'])

/** Makes the command of a hop; of a call that of its last request before any redirect. */
export function toCurl(entry: TraceEntry | TraceHop): string {
  if (!(Array.isArray((entry as Partial<TraceEntry> | null)?.attempts) || (entry as Partial<TraceHop> | null)?.request))
    throw new TypeError('toCurl: give one of entries, or a hop of one')
  const hop = 'attempts' in entry ? mainHop(entry) : entry
  if (!hop) throw new TypeError('toCurl: this call sent nothing')
  return command(hop)
}

/** Of the last attempt the request for the call's own URL, as it went with its final credentials. */
function mainHop(entry: TraceEntry): TraceHop | undefined {
  const hops = entry.attempts.findLast(({ hops }) => hops.length > 0)?.hops ?? hopsOf(entry)
  const redirect = hops.findIndex(({ cause }) => cause === 'redirect')
  return redirect > 0 ? hops[redirect - 1] : redirect === 0 ? hops[0] : hops.at(-1)
}

function command({ request, response }: TraceHop): string {
  const body = request.body === undefined ? undefined : bodyArgument(request.body)
  const parts = [
    `curl ${quote(asciiURL(request.url))}`,
    ...methodOption(request, body !== undefined),
    ...headerOptions(request),
    ...(body ? [body.option] : []),
    // Braces and brackets are patterns to curl.
    ...(/[[\]{}]/.test(request.url) ? ['--globoff'] : []),
    ...(response?.headers.some(({ name }) => name === 'content-encoding') ? ['--compressed'] : []),
  ]
  const line = parts.join(' \\\n  ')
  return (body?.input ? `${body.input} | ${line}` : line) + note(request)
}

/** Only the mask is not ASCII, and servers refuse a request line that is not. */
function asciiURL(url: string): string {
  return url.replace(/[^\x00-\x7f]+/g, encodeURIComponent)
}

/** On a line of its own, where also a shell that knows no comments at its prompt does no harm with it. */
function note({ hasBody, body }: TraceRequest): string {
  if (hasBody && !body) return '\n# the body was not recorded, see the option bodies of trace'
  return body?.isCut ? '\n# the body goes on, it was recorded up to maxBodyBytes' : ''
}

/** GET is curl's default, and POST that of a body; HEAD by `-X` would wait for a body that never comes. */
function methodOption({ method }: TraceRequest, hasBody: boolean): string[] {
  if (method === 'HEAD') return ['--head']
  return method === (hasBody ? 'POST' : 'GET') ? [] : [`--request ${quote(method)}`]
}

function headerOptions({ method, headers, hasBody, body }: TraceRequest): string[] {
  const lines = headers.filter(({ name }) => !OMITTED.has(name.toLowerCase()))
  // Otherwise curl calls every body a form.
  const hasType = lines.some(({ name }) => name.toLowerCase() === 'content-type')
  if (body && !hasType) lines.push({ name: 'content-type', value: body.mimeType })
  // Fetch standard 4.6 (HTTP-network-or-cache fetch), step 8: these say so when they have no body.
  if (!hasBody && /^(POST|PUT)$/.test(method)) lines.push({ name: 'content-length', value: '0' })
  return lines.map(({ name, value }) => `--header ${headerArgument(name, value)}`)
}

/** `name;` is an empty header to curl, and `name:` takes away one of its own. */
function headerArgument(name: string, value: string): string {
  if (value === '') return quote(name === 'content-type' ? `${name}:` : `${name};`)
  const line = `${name}: ${value}`
  // A masked value is a text of ours; every other is a string of bytes.
  return /[^\x00-\xff]/.test(line) ? quote(line) : quoteBytes(Uint8Array.from(line, (char) => char.charCodeAt(0)))
}

/** A terminal writes UTF-8: bytes that are that are shown as text. */
function quoteBytes(bytes: Uint8Array): string {
  try {
    return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return `"$(printf '${octal(bytes)}')"`
  }
}

interface BodyArgument {
  readonly option: string
  /** What writes the body to curl's input, where it cannot be an argument. */
  readonly input?: string
}

const FROM_INPUT = '--data-binary @-'

/** `--data-raw`: the others would take an `@` for the name of a file. */
function bodyArgument({ text = '', base64 }: TraceBody): BodyArgument {
  if (base64 !== undefined) return { option: FROM_INPUT, input: `printf %s ${quote(base64)} | base64 -d` }
  if (CONTROLS.test(text)) return { option: FROM_INPUT, input: `printf '${octal(encode(text))}'` }
  if (text.length > LONGEST_ARGUMENT) return { option: FROM_INPUT, input: `printf %s ${quote(text)}` }
  return { option: `--data-raw ${quote(text)}` }
}

/** What would steer a terminal that the command is pasted into; tabs and line breaks do not, between quotes. */
const CONTROLS = /[\x01-\x08\x0b-\x1f\x7f]/

/** Between single quotes a shell changes nothing. Controls go by their numbers. */
function quote(text: string): string {
  if (CONTROLS.test(text)) return `"$(printf '${octal(encode(text))}')"`
  return `'${text.replaceAll("'", `'\\''`)}'`
}

const encode = (text: string) => new TextEncoder().encode(text)

/** For `printf`: backslash, per cent, quote and a dash in front are its own or the shell's. */
function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte, at) => {
    const isPlain = byte >= 0x20 && byte <= 0x7e && !"\\%'".includes(String.fromCharCode(byte)) && !(byte === 0x2d && at === 0)
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`
  }).join('')
}
