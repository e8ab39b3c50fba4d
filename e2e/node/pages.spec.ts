/** The builds in a real page, as users load them: the UMD by a script tag, the ES module by import, under a CSP without eval. */
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { type Api, startApi } from '../api.ts'

declare global {
  var SessionFetch: typeof import('sessionfetch')
}

let browser: Browser
let api: Api
let other: Api

beforeAll(async () => {
  const executablePath = findChromium()
  browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    ...(executablePath ? { executablePath } : {}),
  })
  ;[api, other] = await Promise.all([startApi(), startApi()])
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([api?.close(), other?.close()])
})

describe.each(['umd', 'esm'])('%s', (build) => {
  test('a session in a page: HttpOnly cookies of two origins, csrf, and no error in the console', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${api.origin}/${build}.html`)
    await page.waitForFunction(() => 'SessionFetch' in globalThis)
    const seen = await page.evaluate(async (elsewhere) => {
      const session = SessionFetch.createSession({ csrf: true })
      type Echo = { headers: Record<string, string> }
      await session.get('/set', { query: { cookie: 'sid=1; Path=/; HttpOnly|XSRF-TOKEN=t%201; Path=/' } })
      const own = await session.post<Echo>('/echo', { body: { a: 1 } })
      const cross = await session.post<Echo>(`${elsewhere}/echo`, { body: { a: 1 } })
      return {
        own: own.headers,
        cross: cross.headers,
        visible: (await session.cookies.getAll()).map(({ name }) => name),
        names: Object.keys(SessionFetch).sort(),
      }
    }, other.origin)
    expect(seen.own.cookie).toContain('sid=1')
    expect(seen.own['x-xsrf-token']).toBe('t 1')
    // Another port is another origin, of the same site: cookies yes, tokens no.
    expect(seen.cross.cookie).toContain('sid=1')
    expect(seen.cross['x-xsrf-token']).toBeUndefined()
    expect(seen.visible).toEqual(['XSRF-TOKEN'])
    expect(seen.names).toContain('createSession')
    expect(errors).toEqual([])
    await context.close()
  })
})

test('both entries export the same names', async () => {
  const [node, browserEntry] = await Promise.all([import('sessionfetch'), import('../../dist/index.browser.js' as string)])
  expect(Object.keys(browserEntry).sort()).toEqual(Object.keys(node).sort())
})
