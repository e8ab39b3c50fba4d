/** Real applications that nobody here wrote: log-in, CSRF, redirects, and a session that is restored from its saved cookies. */
import { createSession, type Interceptor, type Session } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Application,
  PASSWORD,
  startDokuWiki,
  startJupyter,
  startSyncthing,
  startTransmission,
  USER,
} from '../applications.ts'

const text = { responseType: 'text' } as const
/** A session as a later process makes it, from the saved cookies. */
const restored = (session: Session, baseURL: string) =>
  createSession({ baseURL, jar: JSON.parse(JSON.stringify(session.cookies)) })

function application(start: () => Promise<Application>): () => string {
  let running: Application | undefined
  beforeAll(async () => {
    running = await start()
  })
  afterAll(() => running?.stop())
  return () => running?.origin ?? ''
}

describe('DokuWiki', () => {
  const origin = application(startDokuWiki)
  const tokenOf = (page: string) => /name="sectok" value="([^"]*)"/.exec(page)?.[1] ?? ''
  const isLoggedIn = async (session: Session) => /do=logout/.test(await session.get('/doku.php?id=start', text))

  async function logIn(session: Session, password: string): Promise<void> {
    const sectok = tokenOf(await session.get('/doku.php?id=start&do=login', text))
    const form = { do: 'login', u: USER, p: password, r: 1, sectok }
    await session.fetch('/doku.php?id=start', { method: 'POST', form })
  }

  test('logs in by its form, and not with a wrong password', async () => {
    const session = createSession({ baseURL: origin() })
    await logIn(session, 'wrong')
    expect(await isLoggedIn(session)).toBe(false)
    await logIn(session, PASSWORD)
    expect(await isLoggedIn(session)).toBe(true)
  })

  test('saves a page with the token of its form, and redirects to it', async () => {
    const session = createSession({ baseURL: origin() })
    await logIn(session, PASSWORD)
    const path = '/doku.php?id=engine'
    const form = { id: 'engine', wikitext: 'It **weaves** patterns.', 'do[save]': 1 }
    await session.post(path, { ...text, form })
    expect(await session.get(path, text)).not.toContain('weaves')
    const sectok = tokenOf(await session.get(`${path}&do=edit`, text))
    const saved = await session.raw(path, { ...text, method: 'POST', form: { ...form, sectok } })
    expect(saved.history.map(({ status }) => status)).toEqual([302])
    expect(saved._data).toContain('<strong>weaves</strong>')
  })

  test('knows a restored session, until it logs out', async () => {
    const session = createSession({ baseURL: origin() })
    await logIn(session, PASSWORD)
    const later = restored(session, origin())
    expect(await isLoggedIn(later)).toBe(true)
    const sectok = tokenOf(await later.get('/doku.php?id=start&do=edit', text))
    await later.get('/doku.php', { ...text, query: { id: 'start', do: 'logout', sectok } })
    expect(await isLoggedIn(later)).toBe(false)
  })
})

describe('Jupyter', () => {
  const origin = application(startJupyter)
  const open = (more: object = {}) =>
    createSession({ baseURL: origin(), csrf: { cookie: '_xsrf', header: 'X-XSRFToken' }, ...more })

  async function logIn(session: Session, password: string) {
    const page = await session.raw('/', text)
    const login = await session.raw('/login?next=%2Ftree', {
      ...text,
      method: 'POST',
      form: { password },
      ignoreResponseError: true,
    })
    return { page, login }
  }

  test('sends who is not logged in to its form, and on from there', async () => {
    const session = open()
    const { page, login } = await logIn(session, PASSWORD)
    expect(page.history.length).toBe(2)
    expect(new URL(page.url).pathname).toBe('/login')
    expect([login.status, new URL(login.url).pathname]).toEqual([200, '/tree'])
    expect((await logIn(open(), 'wrong')).login.status).toBe(401)
  })

  test('takes changes with its token only', async () => {
    const session = open()
    await logIn(session, PASSWORD)
    const created = await session.post<{ path: string }>('/api/contents/', { body: { type: 'notebook' } })
    expect(created.path).toMatch(/\.ipynb$/)
    const refused = await session.fetch(`/api/contents/${created.path}`, { method: 'DELETE', csrf: null })
    expect(refused.status).toBe(403)
    const renamed = await session.patch<{ name: string }>(`/api/contents/${created.path}`, { body: { path: 'engine.ipynb' } })
    expect(renamed.name).toBe('engine.ipynb')
    expect((await session.fetch('/api/contents/engine.ipynb', { method: 'DELETE' })).status).toBe(204)
  })

  test('knows a restored session, and a fork is another user', async () => {
    const session = open()
    await logIn(session, PASSWORD)
    const later = restored(session, origin())
    expect((await later.fetch('/api/contents')).status).toBe(200)
    expect((await session.fork({ jar: { cookies: [] } }).fetch('/api/contents')).status).toBe(403)
    await later.get('/logout', text)
    expect((await later.fetch('/api/contents')).status).toBe(403)
  })
})

describe('Syncthing', () => {
  const origin = application(startSyncthing)

  /** Its CSRF cookie is named by the device, and is asked for with every method. */
  async function logIn(password = PASSWORD): Promise<{ session: Session; page: number; token: string }> {
    const session = createSession({ baseURL: origin(), auth: { username: USER, password } })
    const page = (await session.fetch('/')).status
    const names = (await session.cookies.getAll()).map(({ name }) => name)
    return { session, page, token: names.find((name) => name.startsWith('CSRF-Token-')) ?? '' }
  }
  const withToken = async (session: Session, name: string) =>
    session.extend({
      csrf: { cookie: name, header: `X-${name}` },
      headers: { [`X-${name}`]: (await session.cookies.get(name))?.value ?? '' },
    })

  test('logs in by Basic auth, and gives a cookie for the next time', async () => {
    expect((await logIn('wrong')).page).toBe(401)
    const { session, page, token } = await logIn()
    expect(page).toBe(200)
    const later = restored(session, origin())
    expect((await later.fetch('/')).status).toBe(200)
    expect((await (await withToken(later, token)).fetch('/rest/system/ping')).status).toBe(200)
    expect((await createSession({ baseURL: origin() }).fetch('/')).status).toBe(401)
  })

  test('takes changes with its token only', async () => {
    const { session, token } = await logIn()
    const body = { maxFolderConcurrency: 3 }
    expect((await session.fetch('/rest/config/options', { method: 'PATCH', body: JSON.stringify(body) })).status).toBe(403)
    const allowed = await withToken(session, token)
    await allowed.patch('/rest/config/options', { ...text, body })
    expect(await allowed.get('/rest/config/options')).toMatchObject(body)
  })
})

describe('Transmission', () => {
  const origin = application(startTransmission)

  /** A 409 brings the session id, which is sent from then on: an interceptor of a few lines. */
  function remember(asked: number[]): Interceptor {
    let id = ''
    return async (request, next) => {
      if (id !== '') request.headers.set('x-transmission-session-id', id)
      const response = await next(request)
      asked.push(response.status)
      if (response.status !== 409) return response
      id = response.headers.get('x-transmission-session-id') ?? ''
      await response.body?.cancel()
      request.headers.set('x-transmission-session-id', id)
      return next(request)
    }
  }
  const open = (asked: number[] = [], password = PASSWORD) =>
    createSession({ baseURL: origin(), auth: { username: USER, password }, interceptors: [remember(asked)] })
  const call = (session: Session, method: string, args: object = {}) =>
    session.post<{ result: string; arguments: Record<string, unknown> }>('/transmission/rpc', {
      body: { method, arguments: args },
    })

  test('gives a session id with a 409, once', async () => {
    const asked: number[] = []
    const session = open(asked)
    expect((await call(session, 'session-set', { 'speed-limit-down': 1815 })).result).toBe('success')
    const { arguments: settings } = await call(session, 'session-get')
    expect(settings['speed-limit-down']).toBe(1815)
    expect(asked).toEqual([409, 200])
  })

  test('redirects to its page, and lets no wrong password in', async () => {
    const page = await open().raw('/', text)
    expect(page.history.map(({ status }) => status)).toEqual([301])
    expect(page.url).toBe(`${origin()}/transmission/web/`)
    expect((await open([], 'wrong').fetch('/transmission/rpc')).status).toBe(401)
  })
})
