/**
 * Hostile inputs: an error, or skipped with a reason, never a crash, and never more than linear time. What is read, a jar takes.
 * 2,000 of them, and 100,000 by `npm test -- --nightly`.
 */
import { describe, expect, test } from 'vitest'
import type { SessionCookie } from '../../src/cookies/session-cookies.ts'
import { cookieHeader, cookiesTxt, har, type ReadCookies, storageState } from '../../src/formats/index.ts'
import { openJar } from '../../src/node/jar/source.ts'
import { PLAIN } from '../cases/formats-cookies-txt.ts'
import { growth } from '../support/growth.ts'
import { seeded } from '../support/random.ts'
import { hostileInput, MARK } from './hostile-inputs.ts'

const COUNT = process.env.NIGHTLY ? 100_000 : 2000
const SEED = 20_260_101

const reads: Readonly<Record<string, (input: never) => ReadCookies>> = {
  cookiesTxt: cookiesTxt.read,
  storageState: storageState.read,
  har: har.read,
  cookieHeader: (input) => cookieHeader.read(input, 'https://shop.example'),
}

function errorOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

/** What every cookie that has been read is, whatever it was read from. */
function expectCookie(cookie: SessionCookie): void {
  const { name, value, domain, path, expires } = cookie
  expect(name).toMatch(/^[^\0-\x08\x0a-\x1f\x7f;=]+$/)
  expect(value).toMatch(/^[^\0-\x08\x0a-\x1f\x7f;]*$/)
  expect(new TextEncoder().encode(name + value).length).toBeLessThanOrEqual(4096)
  expect(`${name}${value}${path}`).not.toMatch(/\p{Surrogate}/u)
  expect(domain).toMatch(/^[\w.:-]+$/)
  expect(path).toMatch(/^\//)
  if (expires !== null) expect(new Date(expires).getTime()).toBe(expires)
  const written = storageState.read(storageState.write([cookie])).cookies[0]
  expect({ ...written, sameSite: '', expires, partitioned: cookie.partitioned }).toEqual({ ...cookie, sameSite: '' })
  if (/\t/.test(name + value + path)) expect(errorOf(() => cookiesTxt.write([cookie]))).toBeInstanceOf(TypeError)
  else expect(cookiesTxt.read(cookiesTxt.write([cookie])).cookies).toHaveLength(1)
}

test(`${COUNT} hostile inputs are read, refused, or skipped with a reason`, { timeout: 600_000 }, () => {
  const random = seeded(SEED)
  const seen = { read: 0, refused: 0, skipped: 0 }
  for (let count = 0; count < COUNT; count++) {
    const input = hostileInput(random)
    for (const [format, read] of Object.entries(reads)) {
      let result: ReadCookies | undefined
      // The types do not let such inputs through.
      const error = errorOf(() => {
        result = read(input as never)
      })
      if (error) expect.soft(error, `${format}, input ${count}`).toBeInstanceOf(TypeError)
      if (error) expect((error as Error).message).toMatch(new RegExp(`^${format}: (?!.*${MARK})`))
      for (const { at, reason } of result?.skipped ?? []) expect(`${at} ${reason}`).not.toContain(MARK)
      result?.cookies.forEach(expectCookie)
      if (result) expect(openJar(result, () => 0)?.snapshot()?.length).toBeLessThanOrEqual(result.cookies.length)
      seen.refused += error ? 1 : 0
      seen.read += result?.cookies.length ?? 0
      seen.skipped += result?.skipped.length ?? 0
    }
  }
  // The generator is worth something only if it reaches all three.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(COUNT / 4)
})

describe('nothing that is passed in is changed', () => {
  const frozen = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
    return value
  }
  test('read() takes frozen objects', () => {
    const entry = { ...PLAIN, domain: '.shop.example', expires: -1, sameSite: 'no_restriction' }
    expect(storageState.read(frozen({ cookies: [entry, {}], origins: [] })).cookies).toHaveLength(1)
    const headers = [{ name: 'Set-Cookie', value: 'a=1\na=2' }]
    const recording = { log: { entries: [{ request: { url: 'https://shop.example' }, response: { headers } }] } }
    expect(har.read(frozen(recording)).cookies).toHaveLength(1)
  })
  test('write() takes frozen cookies', () => {
    for (const write of [cookiesTxt.write, storageState.write, cookieHeader.write]) expect(write(frozen([PLAIN]))).toBeTruthy()
  })
})

/** Texts of about `size` characters, of what would take a careless reader more than linear time. */
const growing: Readonly<Record<string, (size: number) => unknown>> = {
  'cookies.txt': (size) =>
    'www.shop.example\tFALSE\t/\tTRUE\t4102444800\tsession\tabcdefghijklmnopqrstuvwxyz\n'.repeat(size / 80),
  'bad lines': (size) => `${'x\n'.repeat(size / 2)}a.example\tFALSE\t/\tFALSE\t0\ta\t1`,
  'many domains': (size) =>
    Array.from({ length: size / 40 }, (_, index) => `h${index}.example\tTRUE\t/\tTRUE\t0\ta\t1`).join('\n'),
  'a line of blanks': (size) => `a.example\tFALSE\t/\tFALSE\t0\ta\tx${' '.repeat(size)}y`,
  'a line of tabs': (size) => `a.example${'\t'.repeat(size)}y`,
  'carriage returns': (size) => '\r'.repeat(size),
  'a long host': (size) => `${'a.'.repeat(size / 2)}\tFALSE\t/\tFALSE\t0\ta\t1`,
  'a long number': (size) => `a.example\tFALSE\t/\tFALSE\t${'1'.repeat(size)}x\ta\t1`,
  'storage state': (size) =>
    JSON.stringify(Array.from({ length: size / 120 }, (_, id) => ({ ...PLAIN, id, expires: 4102444800 }))),
  'open brackets': (size) => '['.repeat(size),
  'a HAR': (size) =>
    JSON.stringify({
      log: {
        entries: Array.from({ length: size / 200 }, (_, index) => ({
          request: { url: 'https://www.shop.example/cart' },
          response: {
            headers: [{ name: 'Set-Cookie', value: `c${index}=1; Max-Age=60; Expires=Fri, 01 Jan 2100 00:00:00 GMT` }],
          },
        })),
      },
    }),
  'one long Set-Cookie': (size) => {
    const headers = [{ name: 'Set-Cookie', value: `a=1${'; Path=/'.repeat(size / 16)}${' '.repeat(size / 2)}; x` }]
    return JSON.stringify({ log: { entries: [{ request: { url: 'https://shop.example' }, response: { headers } }] } })
  },
  'a Cookie header': (size) => Array.from({ length: size / 10 }, (_, index) => `c${index}=1`).join('; '),
  'a Cookie header of blanks': (size) => `Cookie:${' '.repeat(size / 2)}a=${' '.repeat(size / 2)}1`,
  semicolons: (size) => ';'.repeat(size),
  'equals signs': (size) => '='.repeat(size),
  '< and blanks': (size) => ' '.repeat(size),
}

const readAll = (input: unknown) => Object.values(reads).map((read) => errorOf(() => read(input as never)))

describe('reading takes time that grows with the length of', () => {
  test.each(Object.entries(growing))('%s', (_, make) => {
    expect(growth(readAll, make, 100_000)).toBeLessThan(3)
  })
})
