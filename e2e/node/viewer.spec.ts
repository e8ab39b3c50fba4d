/** The viewer in a real Chromium: with a HAR of ours and with one that a browser recorded, from disk and under its own policy. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright'
import { createSession } from 'sessionfetch'
import { trace } from 'sessionfetch/trace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { listen, shut } from '../loopback.ts'

const VIEWER = new URL('../../dist/trace/viewer.html', import.meta.url)
const BIN = fileURLToPath(new URL('../../dist/bin/sessionfetch.js', import.meta.url))
const MARKUP = '<img src=x onerror="document.title=1"></script><script>document.title=1</script>'
const folder = mkdtempSync(join(tmpdir(), 'viewer-'))

/** A shop: a log-in that redirects, a cookie, a failure that passes, an answer that is markup. */
let failures = 1
const shop = createServer((request, response) => {
  const path = request.url?.split('?', 1)[0]
  response.setHeader('content-type', path === '/markup' ? 'text/html' : 'application/json')
  if (path === '/login') {
    response.setHeader('set-cookie', ['sid=abcdef-1; Path=/; HttpOnly', 'bad=1; Domain=elsewhere.example'])
    response.writeHead(302, { location: '/me' }).end()
  } else if (path === '/flaky' && failures-- > 0) response.writeHead(503).end('{}')
  else if (path === '/viewer.html') response.setHeader('content-type', 'text/html').end(readFileSync(VIEWER))
  else if (path === '/page') response.setHeader('content-type', 'text/html').end('<title>shop</title>')
  else if (path === '/logout') response.setHeader('set-cookie', 'sid=; Path=/; Max-Age=0').end('{}')
  else response.end(path === '/markup' ? MARKUP : '{"user":"ada"}')
})

let browser: Browser
let origin = ''
beforeAll(async () => {
  const executablePath = findChromium()
  browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath ? { executablePath } : {}) })
  origin = await listen(shop)
})
afterAll(async () => {
  await browser?.close()
  shut(shop)
})

/** The HAR file of a session. */
async function ours(): Promise<string> {
  failures = 1
  const t = trace({ bodies: true })
  const session = createSession({ baseURL: origin, retry: { limit: 1, delay: 0 }, ...t.options })
  await session.post('/login', { form: { user: 'ada', password: 'secret' } })
  await session.get('/flaky')
  await session.get('/markup', { query: { q: MARKUP } })
  await session.get('/logout')
  const path = join(folder, 'ours.har')
  writeFileSync(path, JSON.stringify(t.toHAR()))
  return path
}

/** The HAR file that a browser records. */
async function recorded(): Promise<string> {
  const path = join(folder, 'recorded.har')
  const context = await browser.newContext({ recordHar: { path } })
  const page = await context.newPage()
  await page.goto(`${origin}/page`)
  await page.evaluate(() => fetch('/login', { method: 'POST' }).then((response) => response.text()))
  await page.evaluate(() => fetch('/me?from=page').then((response) => response.text()))
  await context.close()
  return path
}

/** A page of the viewer that notes what it asked for, and what went wrong in it. */
async function viewer(options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, ...options })
  const problems: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(VIEWER.href)
  return { page, problems, requests }
}

const open = (page: Page, path: string) => page.getByLabel('Open a HAR file', { exact: true }).setInputFiles(path)
const options = (page: Page) =>
  page.getByRole('option').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))

describe('the viewer', () => {
  test('shows calls, attempts and hops of a trace, each named for a screen reader', async () => {
    const { page, problems, requests } = await viewer()
    await open(page, await ours())
    const host = new URL(origin).host
    const names = (await options(page)).map((name) => name.replace(/\d+(\.\d+)? m?s|< 1 ms/, 'TIME'))
    expect(names).toEqual([
      `POST /login at ${host}, status 302, TIME, sets cookies sid, refused cookies bad`,
      `GET /me at ${host}, status 200, TIME, redirect, sends cookies sid`,
      `GET /flaky at ${host}, status 503, TIME, sends cookies sid`,
      `GET /flaky at ${host}, status 200, TIME, attempt 2, sends cookies sid`,
      expect.stringContaining('GET /markup?q='),
      `GET /logout at ${host}, status 200, TIME, sends cookies sid, sets cookies sid`,
    ])
    await expect(page.getByRole('group', { name: 'Call 2' }).getByText('2 attempts').isVisible()).resolves.toBe(true)
    expect(problems).toEqual([])
    expect(requests).toEqual([VIEWER.href])
  })

  test('draws which response set a cookie and which requests carried it', async () => {
    const { page } = await viewer()
    await open(page, await ours())
    // The lines are drawn in the next frame.
    await page.locator('.flows .flow .end').first().waitFor({ state: 'attached' })
    const count = (selector: string) => page.locator(`.flows .flow:first-child ${selector}`).count()
    expect([await count('.set'), await count('.sent'), await count('.end'), await count('line.known')]).toEqual([1, 5, 1, 5])
    expect(await page.locator('.flows .flow:nth-child(2) .refused').count()).toBe(1)
    const lane = page.getByRole('button', { name: /^Cookie sid of 127.0.0.1: set 2 times, carried 5 times$/ })
    await lane.click()
    expect(await lane.getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('.flow.is-strong').count()).toBe(1)
  })

  test('shows request, response and cookies of the selected hop, and leads along the cookie', async () => {
    const { page } = await viewer()
    await open(page, await ours())
    const panel = page.getByRole('tabpanel')
    expect(await panel.textContent()).toContain('user=ada&password=•••')
    await page.getByRole('tab', { name: 'Response' }).click()
    expect(await panel.textContent()).toContain(`Redirects to${origin}/me`)
    await page.getByRole('tab', { name: 'Cookies (2)' }).click()
    expect(await panel.textContent()).toContain('the host is not in its Domain')
    await panel.getByRole('button', { name: 'GET /me' }).click()
    expect(await page.getByRole('option', { selected: true }).getAttribute('aria-label')).toContain('GET /me')
    expect(await panel.getByRole('button', { name: 'POST /login' }).count()).toBe(1)
  })

  test('is worked by the keyboard', async () => {
    const { page } = await viewer()
    await open(page, await ours())
    const selected = () => page.getByRole('option', { selected: true }).getAttribute('aria-label')
    await page.getByRole('option').first().focus()
    await page.keyboard.press('ArrowDown')
    expect(await selected()).toContain('GET /me')
    await page.keyboard.press('End')
    expect(await selected()).toContain('GET /logout')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator(':focus').textContent()).toBe('Response')
    await page.keyboard.press('Escape')
    expect(await page.locator(':focus').getAttribute('aria-label')).toContain('POST /login')
    await page.keyboard.press('/')
    await page.keyboard.type('flaky')
    expect(await options(page)).toHaveLength(2)
  })

  test('reads a HAR that a browser recorded', async () => {
    const { page, problems } = await viewer()
    await open(page, await recorded())
    const names = await options(page)
    expect(names.find((name) => name.includes('GET /page'))).toContain('status 200')
    const me = names.find((name) => name.includes('/me?from=page'))
    expect(me).toContain('sends cookies sid')
    expect(names.find((name) => name.includes('POST /login'))).toContain('sets cookies sid')
    expect(names.filter((name) => name.includes('redirect'))).toHaveLength(1)
    expect(problems).toEqual([])
  })

  test('makes no markup of what a server has written', async () => {
    const { page, problems } = await viewer()
    await open(page, await ours())
    await page.getByRole('option').nth(4).click()
    await page.getByRole('tab', { name: 'Response' }).click()
    expect(await page.getByRole('tabpanel').textContent()).toContain('onerror')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('ours.har · Trace viewer')
    expect(problems).toEqual([])
  })

  test('makes no markup of any field of a file, whatever type it should have', async () => {
    const { page, problems, requests } = await viewer()
    const cookie = {
      name: MARKUP,
      value: MARKUP,
      domain: MARKUP,
      path: MARKUP,
      expires: MARKUP,
      sameSite: MARKUP,
      _refused: MARKUP,
    }
    const message = { headers: [cookie], cookies: [cookie], queryString: [cookie], httpVersion: MARKUP }
    const body = { mimeType: MARKUP, text: MARKUP, encoding: MARKUP, comment: MARKUP, params: [cookie] }
    const entry = {
      ...{ pageref: MARKUP, startedDateTime: MARKUP, time: MARKUP, timings: MARKUP, comment: MARKUP },
      ...{ _attempt: MARKUP, _cause: MARKUP, _retried: MARKUP, _transport: MARKUP },
      request: { ...message, method: MARKUP, url: MARKUP, postData: body },
      response: { ...message, status: 1, statusText: MARKUP, redirectURL: MARKUP, content: body, _error: MARKUP },
    }
    const pages = [{ id: MARKUP, title: MARKUP, startedDateTime: MARKUP, _error: MARKUP, _refreshes: [{ time: MARKUP }] }]
    const path = join(folder, `${'<b>'}.har`)
    writeFileSync(path, JSON.stringify({ log: { creator: { name: MARKUP }, pages, entries: [entry, entry] } }))
    await open(page, path)
    await page.getByRole('option').first().click()
    for (const name of ['Request', 'Response', 'Cookies']) {
      await page.getByRole('tab', { name }).click()
      expect(await page.getByRole('tabpanel').textContent()).toContain('onerror')
    }
    expect(await page.locator('img, b, body script:not([type="application/json"])').count()).toBe(1)
    expect(await page.title()).toBe('<b>.har · Trace viewer')
    expect([problems, requests]).toEqual([[], [VIEWER.href]])
  })

  test('takes a file that is dropped on it', async () => {
    const { page } = await viewer()
    const har = readFileSync(await ours(), 'utf8')
    const transfer = await page.evaluateHandle((text) => {
      const data = new DataTransfer()
      data.items.add(new File([text], 'dropped.har'))
      return data
    }, har)
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
    await page.getByRole('option').first().waitFor()
    expect(await page.getByRole('status').textContent()).toMatch(/^dropped\.har · 4 calls · 6 requests · /)
  })

  test('says what is wrong with a file, and keeps what it shows', async () => {
    const { page } = await viewer()
    const wrong = join(folder, 'wrong.har')
    writeFileSync(wrong, '<html>')
    await open(page, wrong)
    expect(await page.getByRole('alert').textContent()).toBe('wrong.har: this is not a HAR file: it is not JSON')
    await open(page, await ours())
    await open(page, wrong)
    expect(await options(page)).toHaveLength(6)
  })

  test('takes a HAR from the page that frames it', async () => {
    const page = await browser.newPage()
    await page.goto(`${origin}/page`)
    const har = readFileSync(await ours(), 'utf8')
    await page.evaluate(
      ([url, text]) =>
        new Promise<void>((resolve) => {
          const frame = document.createElement('iframe')
          addEventListener('message', ({ data }) => {
            if (data?.type !== 'sessionfetch:ready') return
            frame.contentWindow?.postMessage({ type: 'sessionfetch:har', har: JSON.parse(text ?? ''), name: 'told' }, '*')
            resolve()
          })
          frame.src = url ?? ''
          document.body.append(frame)
        }),
      [`${origin}/viewer.html`, har],
    )
    const frame = page.frameLocator('iframe')
    await frame.getByRole('option').first().waitFor()
    await page.evaluate(() => {
      const cyclic: Record<string, unknown> = { log: {} }
      cyclic.log = cyclic
      frames[0]?.postMessage({ type: 'sessionfetch:har', har: cyclic, name: 'cyclic' }, '*')
    })
    await frame.getByRole('alert').getByText('cyclic: ').waitFor()
  })

  test.each(['light', 'dark'] as const)('has enough contrast in %s colours', async (colorScheme) => {
    const { page } = await viewer({ colorScheme })
    await open(page, await ours())
    expect(await page.evaluate(poorContrast)).toEqual([])
  })

  test('fits a narrow screen', async () => {
    const { page } = await viewer({ viewport: { width: 400, height: 700 } })
    await open(page, await ours())
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await expect(page.getByRole('tab', { name: 'Request' }).isVisible()).resolves.toBe(true)
    // The marks of the time axis would lie over one another, and a bar would have the width of a line.
    expect(await page.locator('.mark:visible, .bar:visible').count()).toBe(0)
    expect(await page.locator('.row.hop .took').first().isVisible()).toBe(true)
  })
})

/** WCAG 2.2, 1.4.3: 4.5 to 1 between each text and what lies behind it. Runs in the page. */
function poorContrast(): string[] {
  const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
      const share = value / 255
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (element: Element): string => {
    const colour = getComputedStyle(element).backgroundColor
    const isClear = channels(colour)[3] === 0
    if (!isClear) return colour
    return element.parentElement ? behind(element.parentElement) : 'rgb(255, 255, 255)'
  }
  const texts = [...document.querySelectorAll('body *')].filter(
    (element) =>
      element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
  )
  return texts.flatMap((element) => {
    const [one, other] = [getComputedStyle(element).color, behind(element)].map(luminance)
    const ratio = (Math.max(one ?? 0, other ?? 0) + 0.05) / (Math.min(one ?? 0, other ?? 0) + 0.05)
    return ratio >= 4.5 ? [] : [`${element.className}: ${ratio.toFixed(2)}`]
  })
}

test('a browser replays a HAR of ours: to others too it is one', async () => {
  const context = await browser.newContext()
  await context.routeFromHAR(await ours(), { notFound: 'abort' })
  const page = await context.newPage()
  const answer = await page.goto(`${origin}/flaky`)
  expect([answer?.status(), await page.textContent('body')]).toEqual([503, '{}'])
  expect(await (await page.goto(`${origin}/me`))?.json()).toEqual({ user: 'ada' })
  await context.close()
})

describe('npx sessionfetch trace', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [BIN, ...args]).catch((error: { code: number; stderr: string }) => error)

  test('writes a page that shows the file by itself', async () => {
    const done = (await run('trace', await ours(), '--no-open')) as { stdout: string }
    const [summary, path = ''] = done.stdout.split('\n')
    expect(summary).toBe('ours.har: 4 calls, 6 requests')
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(pathToFileURL(path).href)
    expect(await options(page)).toHaveLength(6)
    expect(problems).toEqual([])
  })

  test('says what is wrong, with an exit status', async () => {
    expect(await run('trace', join(folder, 'none.har'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such file'),
    })
    expect(await run('look')).toMatchObject({ code: 2 })
  })
})
