/** The browsers, and the places in each in which the specs run: a page with either build, a web worker, a service worker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, firefox } from 'playwright'
import { findChromium } from '../chromium.mjs'
import { bundleSpecs, SPECS } from './bundle.mjs'
import { startWebKit } from './webkit.mjs'

const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run', '--disable-sync']

const BROWSERS = {
  Chromium: () => startPlaywright(chromium, { executablePath: findChromium(), args: CHROMIUM_FLAGS }),
  // By WebDriver BiDi: Playwright's own protocol needs its own build of Firefox.
  Firefox: () => startPlaywright(firefox, { channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr' }),
  WebKit: startWebKit,
}

/** `open(url)` has no cookies of the page before. */
async function startPlaywright(type, options) {
  const browser = await type.launch(options)
  let context
  const open = async (url, watch = () => undefined) => {
    await context?.close()
    context = await browser.newContext()
    const page = await context.newPage()
    watch(page)
    await page.goto(url)
    return page
  }
  return { version: browser.version(), open, close: () => browser.close() }
}

const module = (script) => `<script type="module">${script}</script>`
const PLACES = {
  page: { html: (file) => module(`import ${JSON.stringify(file)}`), specs: SPECS.page },
  'page, UMD': {
    html: (file) => `<script src="/sessionfetch.min.js"></script>${module(`import ${JSON.stringify(file)}`)}`,
    specs: SPECS.page,
    bundle: { umd: true },
  },
  'web worker': {
    html: (file) => module(`new Worker(${JSON.stringify(file)}).onerror = ({ message }) => fail(message)`),
    specs: SPECS.worker,
    bundle: { format: 'iife' },
  },
  'service worker': {
    html: (file) =>
      module(`await navigator.serviceWorker.register(${JSON.stringify(file)})
        const { active } = await navigator.serviceWorker.ready
        active.postMessage('start')`),
    specs: SPECS.worker,
    bundle: { format: 'iife', start: 'message' },
  },
}

/** One row for each browser and place. */
export const PAGES = Object.keys(BROWSERS).flatMap((browser) =>
  Object.keys(PLACES).map((place) => ({ name: `${browser}, ${place}`, browser, place })),
)

const started = new Map()

/** Runs the specs in one of them, on the package that is installed in `app`. */
export async function runPage({ browser: name, place }, { app, provided, collector, id }) {
  const browser = await start(name)
  const { html, specs, bundle } = PLACES[place]
  const outfile = join(app, `${id}.js`)
  const report = `/report/${id}`
  const config = { provided, report: collector.origin + report }
  await bundleSpecs({ specs, outfile, config, packageFrom: app, conditions: ['browser', 'import'], ...bundle })
  collector.serve('/sessionfetch.min.js', readFileSync(join(app, 'node_modules/sessionfetch/dist/umd/sessionfetch.min.js')))
  const file = collector.serve(`/${id}.js`, readFileSync(outfile))
  const url = collector.serve(`/${id}.html`, pageOf(html(file), report), 'text/html')
  const result = collector.collect(report, new Promise(() => {}))
  await browser.open(url)
  return { ...(await result), version: browser.version }
}

async function start(name) {
  const browser = started.get(name) ?? (await BROWSERS[name]())
  started.set(name, browser)
  return browser
}

/** Opens a page in Chromium, and gives the list that its console's messages go to. */
export async function openInChromium(url) {
  const messages = []
  await (await start('Chromium')).open(url, (page) => page.on('console', (message) => messages.push(message.text())))
  return messages
}

/** Opens a page in Chromium, and gives the texts of elements, by selectors, once they have one. */
export async function textsInChromium(url, selectors) {
  const page = await (await start('Chromium')).open(url)
  const texts = Object.entries(selectors).map(async ([name, selector]) => {
    const element = page.locator(selector)
    await page.waitForFunction((at) => document.querySelector(at)?.textContent !== '', selector, { timeout: 60_000 })
    return [name, await element.textContent()]
  })
  return Object.fromEntries(await Promise.all(texts))
}

/** What goes wrong before a spec runs is told too. */
function pageOf(script, report) {
  return `<!doctype html><meta charset="utf-8"><title>sessionfetch</title><script>
    const fail = (error) => fetch(${JSON.stringify(report)}, { method: 'POST', body: JSON.stringify({ end: true, error: String(error) }) })
    addEventListener('error', ({ message }) => fail(message))
    addEventListener('unhandledrejection', ({ reason }) => fail(reason))
  </script>${script}`
}

export async function closeBrowsers() {
  for (const browser of started.values()) await browser.close()
  started.clear()
}
