/** Finds an installed Chromium, or installs one: by Playwright's download, else by the system's package manager. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'
import { installPackages } from './packages.mjs'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']

/** The path of an installed Chromium, or `undefined` for Playwright's own. */
export function findChromium() {
  const wanted = process.env.CHROMIUM_PATH
  if (wanted) return wanted
  return INSTALLED.find((path) => existsSync(path))
}

function hasPlaywrights() {
  return existsSync(chromium.executablePath())
}

/** Makes sure that there is a Chromium, and says what it did. Throws with the remedy if it could not. */
export function ensureChromium(say = console.log) {
  if (findChromium() || hasPlaywrights()) return
  say('no Chromium found: trying Playwright’s download …')
  try {
    execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'ignore', timeout: 180_000 })
  } catch {
    say('… which failed: trying the system’s package manager …')
    installPackages(['chromium'], say)
  }
  if (!findChromium() && !hasPlaywrights()) {
    throw new Error('no Chromium: install one, or set CHROMIUM_PATH to its executable, and run npm test again')
  }
}
