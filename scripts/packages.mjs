/** Installs Debian's packages for the tests: real servers and browsers. On other systems it says what is missing. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Files that the e2e tests need, and the package of each. */
export const SERVERS = {
  '/usr/bin/gunicorn': 'gunicorn',
  '/usr/lib/python3/dist-packages/httpbin': 'python3-httpbin',
  '/usr/lib/python3/dist-packages/gevent': 'python3-gevent',
  '/usr/lib/python3/dist-packages/django': 'python3-django',
  '/usr/bin/openssl': 'openssl',
  '/usr/bin/curl': 'curl',
  '/usr/bin/wget': 'wget',
  '/usr/bin/tinyproxy': 'tinyproxy',
  '/usr/sbin/squid': 'squid',
  '/usr/bin/microsocks': 'microsocks',
  '/usr/bin/redis-server': 'redis-server',
  '/usr/share/dokuwiki': 'dokuwiki',
  '/usr/bin/php': 'php-cli',
  '/usr/bin/jupyter-notebook': 'jupyter-notebook',
  '/usr/bin/syncthing': 'syncthing',
  '/usr/bin/transmission-daemon': 'transmission-daemon',
}

/** Installs packages by apt-get, as root or by sudo. */
export function installPackages(names, say = console.log) {
  if (names.length === 0) return
  say(`installing ${names.join(' ')} …`)
  // Noninteractive: packages must not ask questions while they are installed.
  const apt = [...(process.getuid?.() === 0 ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  const run = (...args) => execFileSync(apt[0], [...apt.slice(1), ...args], { stdio: 'ignore', timeout: 600_000 })
  try {
    run('update')
    run('install', '-y', '--no-install-recommends', ...names)
  } catch {
    throw new Error(`could not install ${names.join(' ')}: install them by hand (Debian: apt-get install ${names.join(' ')})`)
  }
}

/** Installs the servers if they are missing. */
export function ensureServers(say = console.log) {
  installMissing(SERVERS, say)
}

function installMissing(packages, say) {
  installPackages([...new Set(Object.entries(packages).flatMap(([path, name]) => (existsSync(path) ? [] : [name])))], say)
}

/** Files of the browsers besides Chromium, and the package of each. */
const BROWSERS = {
  '/usr/bin/firefox-esr': 'firefox-esr',
  '/usr/bin/WebKitWebDriver': 'webkit2gtk-driver',
  '/usr/bin/Xvfb': 'xvfb',
}

/** Installs Firefox and WebKit if they are missing. */
export function ensureBrowsers(say = console.log) {
  installMissing(BROWSERS, say)
}
