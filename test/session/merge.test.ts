import { describe, expect, test } from 'vitest'
import { createSession, type Interceptor, type SessionOptions } from '../../src/index.ts'
import { TABLE } from '../../src/session/option-table.ts'
import { elsewhere, type MergeRow, merged, ofSessions, onTheWire, platforms } from '../cases/merge.ts'
import { memory, type Sent } from '../support/memory.ts'

const A = 'https://a.example/'

test('every option of ours has its row', () => {
  const rows = [merged, onTheWire, elsewhere].flatMap((table) => Object.keys(table)).concat(ofSessions, 'credentials')
  expect(rows.sort()).toEqual(Object.keys(TABLE).sort())
})

describe.each(Object.entries(merged))('%s', (name, row: MergeRow) => {
  const { session, call, both = call, off = null } = row
  const optionsOf = async (...more: readonly object[]) => {
    const base = { baseURL: A, method: name === 'body' || name === 'form' ? 'POST' : 'GET' }
    const prepared = await createSession({ ...base, [name]: session } as never).prepare('/x', ...more)
    return (prepared.options as unknown as Record<string, unknown>)[name]
  }
  // A list of one, and that one, are the same.
  const listed = (value: unknown) => (Array.isArray(both) && !Array.isArray(session) ? [value].flat() : value)

  test('inherits', async () => expect(listed(await optionsOf())).toEqual(listed(session)))
  test('takes the place, or is appended', async () => expect(await optionsOf({ [name]: call })).toEqual(both))
  test('undefined inherits', async () => expect(listed(await optionsOf({ [name]: undefined }))).toEqual(listed(session)))
  test('null turns it off', async () => expect(listed((await optionsOf({ [name]: null })) ?? null)).toEqual(listed(off)))
})

/** What the wire shows of an option. */
const SHOWN: Readonly<Record<string, (sent: Sent, log: readonly string[]) => unknown>> = {
  baseURL: ({ url }) => new URL(url).pathname,
  headers: ({ headers }) => shownHeaders(headers),
  query: ({ url }) => new URL(url).search,
  params: ({ url }) => new URL(url).search,
  cookies: ({ headers }) => headers.get('cookie'),
  auth: ({ headers }) => headers.get('authorization'),
  csrf: ({ headers }) => shownHeaders(headers),
  interceptors: (_, log) => log.join(' '),
  hopInterceptors: (_, log) => log.join(' '),
}

function shownHeaders(headers: Headers): string {
  return [...headers].flatMap(([name, value]) => (name.startsWith('x-') ? [`${name}=${value}`] : [])).join(' ')
}

/** An interceptor that notes when it runs. */
function noted(log: string[], word: string): Interceptor {
  return (request, next) => {
    log.push(word)
    return next(request)
  }
}

describe.each(Object.entries(onTheWire))('%s', (name, { session, call, both, off }: MergeRow) => {
  async function send(...more: readonly object[]) {
    const log: string[] = []
    const wire = memory()
    const noting = (value: unknown) =>
      name.toLowerCase().includes('interceptors') && Array.isArray(value) ? value.map((word) => noted(log, word)) : value
    const options = (value: unknown) => ({ [name]: noting(value) })
    const made = createSession({ baseURL: A, fetch: wire.fetch, ...options(session) } as SessionOptions)
    const given = more.map((one) => options((one as Record<string, unknown>)[name]))
    const outcome = await made.fetch('/x', { method: 'POST', ...given[0] } as never).catch((error: Error) => error)
    return outcome instanceof Error ? outcome.message : SHOWN[name]?.(wire.last, log)
  }

  test('undefined inherits', async () => expect(await send({ [name]: undefined })).toEqual(await send()))
  test('the call goes before', async () => expect(await send({ [name]: call })).toEqual(both))
  test('null turns it off, or leaves lists and maps', async () => {
    const shown = await send({ [name]: null })
    if (off instanceof RegExp) expect(shown).toMatch(off)
    else expect(shown).toEqual(off)
  })
})

describe.each(Object.entries(platforms))('%s', (name, { session, call }: MergeRow) => {
  const send = async (...more: readonly object[]) => {
    const wire = memory()
    await createSession({ baseURL: A, fetch: wire.fetch, [name]: session } as never).fetch('/x', ...(more as never[]))
    return (wire.last.init as Record<string, unknown>)[name]
  }

  test('goes on to fetch', async () => expect(await send()).toEqual(session ?? undefined))
  test("is the call's", async () => expect(await send({ [name]: call })).toEqual(call ?? undefined))
})

test.each(ofSessions)('%s is refused in a call', async (name) => {
  await expect(createSession({ baseURL: A }).get('/x', { [name]: {} } as never)).rejects.toThrow(
    `${name}: belongs to createSession, extend or fork, not to a call`,
  )
})

describe('names of other clients', () => {
  const names = `json data files baseUrl prefixUrl retries withCredentials validateStatus hooks searchParams throwHttpErrors
    followRedirect`.split(/\s+/)

  test.each(names)('%s is refused with our name, in a session and the data door', async (name) => {
    const message = new RegExp(`^${name}: is another client's name; here it is \\w+`)
    expect(() => createSession({ [name]: {} } as never)).toThrow(message)
    await expect(createSession({ baseURL: A }).get('/x', { [name]: {} } as never)).rejects.toThrow(message)
  })

  test.each(names)('%s passes in session.fetch, which other libraries call', async (name) => {
    const wire = memory()
    await createSession({ baseURL: A, fetch: wire.fetch }).fetch('/x', { [name]: 'x' } as never)
    expect((wire.last.init as Record<string, unknown>)[name]).toBe('x')
  })
})
