/** Hostile inputs for the formats: good ones that were cut, joined, damaged and stuffed. A seed gives the same ones again. */
import { pick } from '../support/random.ts'

/** Stands in every value, so that a message that quotes one is found out. */
export const MARK = 'SECRET'

const LINE = `.shop.example\tTRUE\t/\tTRUE\t4102444800\tsid\t${MARK}\n`
const ENTRY = {
  name: 'sid',
  value: MARK,
  domain: '.shop.example',
  path: '/',
  expires: 4102444800.5,
  secure: true,
  sameSite: 'None',
}
const ANSWER = {
  startedDateTime: '2026-01-01T00:00:00.000Z',
  request: { url: 'https://www.shop.example/cart' },
  response: {
    headers: [{ name: 'Set-Cookie', value: `sid=${MARK}; Domain=shop.example; Max-Age=60; Path=/\nb=${MARK}` }],
    cookies: [{ name: 'c', value: MARK, expires: '2030-01-01T00:00:00Z' }],
  },
}
const SEEDS: readonly unknown[] = [
  `# Netscape HTTP Cookie File\n${LINE}#HttpOnly_${LINE}localhost:80\tfalse\t/x\tfalse\t0\tb\t${MARK}\r\n`,
  [ENTRY, { ...ENTRY, partitionKey: { topLevelSite: 'https://a.example' }, session: true, hostOnly: false }],
  { cookies: [ENTRY, ENTRY], origins: [] },
  { log: { version: '1.2', entries: [ANSWER, ANSWER] } },
  `Cookie: sid=${MARK}; b="2"; c=`,
  '<!doctype html><table><tr><td>1</table>',
]
/** What is put in somewhere, as a text or as a value. */
const STUFFING: readonly unknown[] = [
  ...['\0', '\t', '\r', '\n', ';', '=', '"', '\\', '\ud800', '\u00e9', '\u2028', '\ufeff', '<', '[', '{', '#HttpOnly_', '$', ' '],
  ...['__Host-', '__proto__', 'constructor', '.co.uk', '..', '[::1]', '999.1.1.1', '-1', '1e999', 'NaN', '%00', '/../', '://'],
  ...['\t'.repeat(50), ' '.repeat(500), 'x'.repeat(5000), '\u20ac'.repeat(2000), '.'.repeat(300), ';'.repeat(300)],
  ...[null, undefined, true, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, [], {}, [[]], { length: -1 }, Symbol('s'), 1n],
]

type Random = () => number

/** One hostile input: a text, an object, or something else. */
export function hostileInput(random: Random): unknown {
  const seed = pick(random, SEEDS)
  const kind = random()
  if (kind < 0.05) return pick(random, STUFFING)
  if (typeof seed !== 'string' && kind < 0.6) return damagedValue(seed, random, 0)
  let text =
    typeof seed === 'string' ? seed : (JSON.stringify(kind < 0.8 ? seed : damagedValue(seed, random, 0), withoutBigInts) ?? '')
  for (let times = random() * 4; times > 0; times--) text = damagedText(text, random)
  return text
}

/** BigInts as strings, since JSON has none. */
const withoutBigInts = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

function damagedText(text: string, random: Random): string {
  const [from, to] = [Math.floor(random() * text.length), Math.floor(random() * text.length)].sort(
    (one, other) => one - other,
  ) as [number, number]
  const part = text.slice(from, to)
  const put = pick(random, STUFFING)
  const damages = [
    () => text.slice(0, from) + text.slice(to),
    () => text.slice(0, to) + part + text.slice(to),
    () => text.slice(0, from) + (typeof put === 'string' ? put : '') + text.slice(from),
    () => text.slice(0, from) + part.split('').reverse().join('') + text.slice(to),
    () => text.replaceAll(pick(random, ['\t', '\n', ';', '=', '"', ':', '/', MARK]), typeof put === 'string' ? put : ''),
    () => text.toUpperCase(),
  ]
  return pick(random, damages)().slice(0, 100_000)
}

function damagedValue(value: unknown, random: Random, depth: number): unknown {
  if (random() < 0.06 && depth > 0) return pick(random, STUFFING)
  if (typeof value === 'string' && random() < 0.1) return damagedText(value, random)
  if (Array.isArray(value))
    return value.flatMap((one) => Array.from({ length: random() < 0.1 ? 3 : 1 }, () => damagedValue(one, random, depth + 1)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(() => random() > 0.04)
  const damaged = Object.fromEntries(entries.map(([key, one]) => [key, damagedValue(one, random, depth + 1)]))
  if (random() < 0.05) damaged[String(pick(random, STUFFING))] = pick(random, STUFFING)
  return random() < 0.03 ? Object.create(damaged) : damaged
}
