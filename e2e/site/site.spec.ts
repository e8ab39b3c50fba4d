/** The built site in Chromium: its demo, its search, and an API reference without internals. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { buildSite } from '../../scripts/docs.mjs'
import { startSite } from '../../scripts/docs-server.mjs'

const API = fileURLToPath(new URL('../../docs/api/', import.meta.url))

let browser: Browser
let page: Page
let site: Awaited<ReturnType<typeof startSite>>
const problems: string[] = []

beforeAll(async () => {
  buildSite()
  site = await startSite()
  const executablePath = findChromium()
  browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath ? { executablePath } : {}) })
  page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(`${site.origin}/`)
})
afterAll(async () => {
  await browser?.close()
  site?.close()
})

/** Presses a button of the demo, and gives what it then shows. */
async function press(name: string): Promise<string> {
  const button = page.getByRole('button', { name, exact: true })
  await button.click()
  // Disabled until the answer is there.
  await expect.poll(() => button.isEnabled()).toBe(true)
  return (await page.locator('.live-demo .result').textContent()) ?? ''
}

test('the demo logs in, sends the cookie and the CSRF token, refreshes once and retries', async () => {
  expect(await press('Who am I?')).toContain('403')
  expect(await press('Log in')).toBe('{"user":"ada"}')
  expect(await press('Who am I?')).toBe('{"user":"ada"}')
  expect(await press('Change')).toBe('{"ordered":true}')
  expect(await press('Three at once')).toBe('{"orders":3,"refreshes":1}')
  expect(await press('Flaky')).toBe('{"tries":2}')
  const text = await page.locator('.live-demo .trace').textContent()
  expect(text).toContain('after status 503')
})

test('the viewer beside it shows the calls of the page', async () => {
  const viewer = page.frameLocator('iframe[title="Trace viewer"]')
  await expect.poll(() => viewer.getByText('/demo-api/flaky').count()).toBeGreaterThan(0)
  expect(problems).toEqual([])
})

test('the search finds an option', async () => {
  await page
    .getByRole('button', { name: /search/i })
    .first()
    .click()
  await page.locator('#localsearch-input').fill('allowAbsoluteUrls')
  await expect.poll(() => page.locator('#localsearch-list a').count()).toBeGreaterThan(0)
})

test('the API reference has the public types, and nothing from inside', () => {
  const files = readdirSync(API, { recursive: true }) as string[]
  const names = files.filter((file) => file.endsWith('.md')).map((file) => file.replace(/^.*\/|\.md$/g, ''))
  for (const name of ['createSession', 'SessionOptions', 'FetchError', 'fileStore', 'trace', 'events'])
    expect(names).toContain(name)
  for (const name of ['Exchange', 'Lifetime', 'SessionParts', 'Jar']) expect(names).not.toContain(name)
  expect(readFileSync(`${API}index/interfaces/SessionOptions.md`, 'utf8')).toContain('concurrency')
})
