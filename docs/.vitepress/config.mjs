/** The site: pages of docs/ as they are, and docs/api, which TypeDoc writes. `npm run docs` builds it. */
import { existsSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitepress'

const page = (text, link) => ({ text, link })
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

const GUIDES = [
  page('A page with /api and CSRF', '/guides/single-page-app'),
  page('A token that is renewed', '/guides/token-refresh'),
  page('Log in, scrape, go on tomorrow', '/guides/log-in-and-scrape'),
  page('Upload and download', '/guides/upload-and-download'),
  page('Page by page', '/guides/paginate'),
  page('In a server', '/guides/in-a-server'),
  page('Testing', '/guides/testing'),
  page('Concurrency', '/guides/concurrency'),
  page('Debugging', '/guides/debugging'),
  page('Proxies and TLS', '/guides/proxies-and-tls'),
  page('Coming from another client', '/guides/coming-from'),
  page('Errors', '/guides/errors'),
]

const REFERENCE = [
  page('The session object', '/session'),
  page('Options', '/options'),
  page('Auth, time and retries', '/auth'),
  page('Cookies', '/cookies'),
  page('Stores', '/stores'),
  page('Cookies of other programs', '/formats'),
  page('Visitors of a server', '/server'),
  page('Events and lines', '/events'),
  page('Traces', '/trace'),
  page('Connections in Node', '/connections'),
  page('Clients over session.fetch', '/clients'),
  page('Everything that is exported', '/exports'),
  page('API reference', '/api/'),
]

const INSIDE = [
  page('Architecture', '/architecture'),
  page('Performance', '/performance'),
  page('Runtimes', '/runtimes'),
  ...['001-the-jar', '002-bundled', '003-lazy-responses', '004-a-record', '005-ofetch-on-top'].map(decision),
  ...['006-cookies-beside-headers', '007-home-origin', '008-signals-by-hand'].map(decision),
]

/** A decision, by the title of its page. */
function decision(name) {
  const [title] = readFileSync(new URL(`../decisions/${name}.md`, import.meta.url), 'utf8').split('\n', 1)
  return page(title.replace(/^# /, ''), `/decisions/${name}`)
}

/** Links of pages that are read in the repository too, to files beside docs/. */
const isOutside = (link) => /^(?:\.\.?\/)+(?:README|CHANGELOG|CONTRIBUTING|bench|examples|e2e|src|test)\b/.test(link)

export default defineConfig({
  title: 'sessionfetch',
  description: 'What requests.Session is, for JavaScript: cookies, headers, auth and connections kept between requests',
  cleanUrls: false,
  srcExclude: ['node_modules/**', 'README.md'],
  // Markdown pages name generics and placeholders in angle brackets only within code.
  ignoreDeadLinks: [isOutside, ...(existsSync(new URL('../api', import.meta.url)) ? [] : [/\/api\//])],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      page('Options', '/options'),
      page('Guides', '/guides/single-page-app'),
      page('API', '/api/'),
      page(version, '/exports'),
    ],
    sidebar: [
      { text: 'Guides', items: GUIDES },
      { text: 'Reference', items: REFERENCE },
      { text: 'Inside', collapsed: true, items: INSIDE },
    ],
    outline: [2, 3],
  },
})
