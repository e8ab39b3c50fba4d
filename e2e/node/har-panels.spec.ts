/** A HAR of ours in the network panels of Chromium and Firefox: their own importers, and what their panels then show. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTCPServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { createSession } from 'sessionfetch'
import { trace } from 'sessionfetch/trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { FIREFOX, startFirefox } from '../marionette.ts'

const server = createServer((request, response) => {
  if (request.url?.startsWith('/login')) {
    response.setHeader('set-cookie', ['sid=ada-1815; Path=/; HttpOnly', 'bad=1; Domain=elsewhere.example'])
    response.writeHead(302, { location: '/me' }).end()
  } else if (request.url !== '/slow') response.setHeader('content-type', 'application/json').end('{"user":"ada"}')
})
let har = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const t = trace({ bodies: true, secrets: true })
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const session = createSession({ baseURL, ...t.options })
  await session.post('/login?from=a&from=b', { form: { user: 'ada' } })
  await session.post('/bytes', { body: Uint8Array.of(0, 1, 255) })
  await session.get('/slow', { timeout: 50 }).catch(() => undefined)
  har = JSON.stringify(t.toHAR())
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What the panels have to show: the four requests, in order. */
const EXPECTED = [
  ['POST', '/login?from=a&from=b', 302],
  ['GET', '/me', 200],
  ['POST', '/bytes', 200],
  ['GET', '/slow', 0],
]

async function freePort(): Promise<number> {
  const listener = createTCPServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}

/** The developer tools of a browser, as a page of the same browser, which Debian's Chromium brings and Playwright's own does not. */
async function developerTools(browser: Browser, port: number) {
  const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { id: string; type: string }[]
  const id = pages.find(({ type }) => type === 'page')?.id
  const page = await browser.newPage()
  const tools = `http://127.0.0.1:${port}/devtools/devtools_app.html`
  const answer = await page.goto(`${tools}?ws=127.0.0.1:${port}/devtools/page/${id}&panel=network`)
  return answer?.status() === 200 ? page : undefined
}

test('Chromium imports it by the button of its network panel', { timeout: 60_000 }, async ({ skip }) => {
  const port = await freePort()
  const executablePath = findChromium()
  const args = ['--no-sandbox', `--remote-debugging-port=${port}`, '--remote-allow-origins=*']
  const browser = await chromium.launch({ args, ...(executablePath ? { executablePath } : {}) })
  try {
    await browser.newPage()
    const tools = await developerTools(browser, port)
    if (!tools) return skip('this Chromium has no developer tools in it')
    const file = join(mkdtempSync(join(tmpdir(), 'har-')), 'ours.har')
    writeFileSync(file, har)
    await tools.getByRole('tab', { name: 'Network' }).click()
    const chooser = tools.waitForEvent('filechooser')
    await tools.getByRole('button', { name: /import har/i }).click()
    await (await chooser).setFiles(file)
    const rows = tools.locator('.network-log-grid tr.data-grid-data-grid-node')
    await expect.poll(() => rows.count()).toBe(4)
    const cells = await rows.evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('td')].slice(0, 3).map((cell) => cell.textContent ?? '')),
    )
    expect(cells.map(([name, status, type]) => [name?.replace('127.0.0.1', ''), status, type])).toEqual([
      ['login?from=a&from=b', '302Found', 'fetch'],
      ['me', '200OK', 'fetch'],
      ['bytes', '200OK', 'fetch'],
      ['slow', expect.not.stringMatching(/\d/), 'fetch'],
    ])
    await rows.nth(1).locator('td').first().click()
    await tools.getByRole('tab', { name: 'Cookies' }).click()
    await expect.poll(() => tools.getByText('ada-1815').count()).toBeGreaterThan(0)
  } finally {
    await browser.close()
  }
})

/** Opens the network panel of Firefox's own developer tools, and gives it the file as its menu "Import HAR" does. */
const IMPORT = `
  const { require } = ChromeUtils.importESModule('resource://devtools/shared/loader/Loader.sys.mjs')
  const { gDevTools } = require('devtools/client/framework/devtools')
  const toolbox = await gDevTools.showToolboxForTab(gBrowser.selectedTab, { toolId: 'netmonitor' })
  const { actions, store, windowRequire, document, setTimeout } = toolbox.getPanel('netmonitor').panelWin
  const { HarImporter } = windowRequire('devtools/client/netmonitor/src/har/har-importer')
  const { getSortedRequests } = windowRequire('devtools/client/netmonitor/src/selectors/index')
  new HarImporter(actions).import(argument)
  const rows = () => [...document.querySelectorAll('.request-list-item')].map((row) => row.textContent)
  while (rows().length < 4) await new Promise((resolve) => setTimeout(resolve, 50))
  const requests = getSortedRequests(store.getState()).map((request) => {
    const { method, url, status, mimeType, requestCookies, responseCookies, requestPostData, responseContent } = request
    const body = [requestPostData?.postData?.text ?? null, responseContent?.content?.text ?? null]
    return { method, url, status, mimeType, requestCookies, responseCookies, body, timings: request.eventTimings.timings }
  })
  return { rows: rows(), requests }`

interface Imported {
  readonly rows: readonly string[]
  readonly requests: readonly Readonly<Record<string, unknown>>[]
}

test.skipIf(!existsSync(FIREFOX))('Firefox imports it into its network panel', { timeout: 120_000 }, async () => {
  const firefox = await startFirefox()
  try {
    const { rows, requests } = (await firefox.run(IMPORT, har)) as Imported
    expect(requests.map(({ method, url, status }) => [method, String(url).replace(/^http:\/\/[^/]*/, ''), status])).toEqual(
      EXPECTED,
    )
    const [login, me, bytes] = requests
    expect(login).toMatchObject({ responseCookies: [{ name: 'sid' }, { name: 'bad' }], body: ['user=ada', null] })
    expect(me).toMatchObject({
      requestCookies: [{ name: 'sid', value: 'ada-1815' }],
      mimeType: 'application/json',
      body: [null, '{"user":"ada"}'],
    })
    expect(bytes).toMatchObject({ body: ['AAH/', '{"user":"ada"}'], timings: { blocked: -1, send: 0 } })
    expect(rows.map((row) => /^(\d*)(POST|GET)/.exec(row)?.slice(1))).toEqual([
      ['302', 'POST'],
      ['200', 'GET'],
      ['200', 'POST'],
      ['', 'GET'],
    ])
    // A time with all its digits would fill the column.
    expect(rows.filter((row) => /\.\d{4}/.test(row))).toEqual([])
  } finally {
    await firefox.close()
  }
})
