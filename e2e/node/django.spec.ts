/** A real application that nobody here wrote: Django's admin, with its CSRF cookie and token, session cookie and redirects. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { createSession, type Session } from 'sessionfetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { freePort, type Running, startProgram } from '../processes.ts'

const UMD = fileURLToPath(new URL('../../dist/umd/sessionfetch.min.js', import.meta.url))
const PASSWORD = 'a-long-enough-password-1815'
const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-django-'))
let django: Running
let browser: Browser
let origin: string

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  const env = { ...process.env, DJANGO_SUPERUSER_PASSWORD: PASSWORD }
  const python = (...args: string[]) => execFileSync('/usr/bin/python3', args, { cwd: folder, env, stdio: 'pipe' })
  python('-m', 'django', 'startproject', 'site1', '.')
  mkdirSync(join(folder, 'static'))
  copyFileSync(UMD, join(folder, 'static', 'sessionfetch.min.js'))
  appendFileSync(join(folder, 'site1', 'settings.py'), "\nSTATICFILES_DIRS = [BASE_DIR / 'static']\n")
  python('manage.py', 'migrate', '-v', '0')
  python('manage.py', 'createsuperuser', '--noinput', '--username', 'ada', '--email', 'ada@example.com')
  django = await startProgram(port, '/usr/bin/python3', ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`], {
    cwd: folder,
  })
})
afterAll(async () => {
  await browser?.close()
  await django?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a user of the admin does, by its own forms. Runs in Node and in a page, and so uses nothing outside of the function. */
async function manageUsers(session: Session, name: string, password: string): Promise<Record<string, unknown>> {
  const token = (html: string) => /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const page = (path: string) => session.get(path, { responseType: 'text' })
  const submit = async (path: string, fields: Record<string, string>) => {
    const form = { ...fields, csrfmiddlewaretoken: token(await page(path)) }
    return session.raw(path, { method: 'POST', form, responseType: 'text' })
  }
  const refused = (await session.fetch('/admin/login/', { method: 'POST', form: { username: 'ada', password }, csrf: null }))
    .status
  const login = await submit('/admin/login/?next=/admin/', { username: 'ada', password })
  const created = await submit('/admin/auth/user/add/', { username: name, password1: password, password2: password })
  const list = await page('/admin/auth/user/')
  const id = new RegExp(`/admin/auth/user/(\\d+)/change/">${name}<`).exec(list)?.[1] ?? ''
  const read = await page(`/admin/auth/user/${id}/change/`)
  await submit(`/admin/auth/user/${id}/delete/`, { post: 'yes' })
  const after = await page('/admin/auth/user/')
  await page('/admin/logout/')
  const loggedOut = await session.fetch('/admin/auth/user/')
  return {
    refused,
    login: new URL(login.url).pathname,
    created: new URL(created.url).pathname.includes('/change/'),
    listed: id !== '',
    read: read.includes(`value="${name}"`),
    deleted: !after.includes(`>${name}</a>`),
    loggedOut: new URL(loggedOut.url).pathname,
  }
}

const AS_EXPECTED = {
  refused: 403,
  login: '/admin/',
  created: true,
  listed: true,
  read: true,
  deleted: true,
  loggedOut: '/admin/login/',
}

describe("Django's admin", () => {
  test('log in, create, read and delete a user, log out: in Node', async () => {
    const session = createSession({ baseURL: origin, timeout: 60_000 })
    expect(await manageUsers(session, 'grace', PASSWORD)).toEqual(AS_EXPECTED)
  })

  test('csrf: true sends the token of the cookie, as scripts on Django pages do', async () => {
    const session = createSession({ baseURL: origin, csrf: true })
    await session.get('/admin/login/', { responseType: 'text' })
    const login = await session.fetch('/admin/login/?next=/admin/', {
      method: 'POST',
      form: { username: 'ada', password: PASSWORD },
    })
    expect([login.status, new URL(login.url).pathname]).toEqual([200, '/admin/'])
    expect(await session.cookies.get('sessionid')).toMatchObject({ httpOnly: true, sameSite: 'lax' })
  })

  test('the same in Chromium, through the UMD build served from the same origin', async () => {
    const executablePath = findChromium()
    browser = await chromium.launch({ args: ['--no-sandbox', '--disable-quic'], ...(executablePath ? { executablePath } : {}) })
    const page = await browser.newPage()
    await page.goto(`${origin}/admin/login/`)
    await page.addScriptTag({ url: `${origin}/static/sessionfetch.min.js` })
    const code = `(${manageUsers.toString()})(SessionFetch.createSession(), 'hedy', ${JSON.stringify(PASSWORD)})`
    expect(await page.evaluate(code)).toEqual(AS_EXPECTED)
  })
})
