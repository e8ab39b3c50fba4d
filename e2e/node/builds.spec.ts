/** The ESM and the CommonJS build in one process, as when an application imports the package and a library requires it. */
import { createRequire } from 'node:module'
import * as esm from 'sessionfetch'
import { describe, expect, inject, test } from 'vitest'

const a = inject('a')
const require = createRequire(import.meta.url)
const commonjs: typeof esm = require('../../dist/index.cjs')

const directions = [
  { from: 'ESM', to: 'CommonJS', own: esm, other: commonjs },
  { from: 'CommonJS', to: 'ESM', own: commonjs, other: esm },
]
const errors = Object.entries(esm).flatMap(([name, value]) =>
  typeof value === 'function' && value.prototype instanceof Error ? [name as 'FetchError'] : [],
)

test('the builds are two, and export the same names', () => {
  expect(esm.FetchError).not.toBe(commonjs.FetchError)
  expect(Object.keys(commonjs).sort()).toEqual(Object.keys(esm).sort())
  expect(errors.length).toBeGreaterThan(7)
})

describe.each(directions)('from $from to $to', ({ own, other }) => {
  test.each(errors)('instanceof %s holds, and that of its neighbours does not', (name) => {
    const error = new own[name]('x')
    expect(error).toBeInstanceOf(other[name])
    expect(errors.filter((neighbour) => error instanceof other[neighbour])).toEqual([name])
  })

  test('paginate takes a session', async () => {
    const session = own.createSession({ baseURL: a })
    const pages: unknown[] = []
    for await (const page of other.paginate(session, '/links')) pages.push(page.status)
    expect(pages).toEqual([200, 200, 200])
  })

  test('a session is the fetch of another, whose data door wraps the error', async () => {
    const inner = own.createSession({ baseURL: a, timeout: 50 })
    const outer = other.createSession({ baseURL: a, fetch: inner.fetch })
    const error = await outer.get('/slow?ms=5000').catch((thrown: unknown) => thrown as InstanceType<typeof esm.FetchError>)
    expect(error).toBeInstanceOf(own.FetchError)
    expect((error as Error).cause).toBeInstanceOf(other.TimeoutError)
  })

  test('a saved jar is restored', async () => {
    const session = own.createSession({ baseURL: a })
    await session.cookies.set('kept', '1')
    const restored = other.createSession({ baseURL: a, jar: session.cookies.toJSON() })
    expect(await restored.cookies.get('kept')).toMatchObject({ value: '1' })
  })
})
