/** The command on the real world. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './command.ts'

/** What opens a file with the program that the user has for it. */
const OPENERS: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  // `start` takes its first argument in quotes for a title.
  win32: ['cmd', '/c', 'start', ''],
}

function open(path: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const opener = spawn(command, [...args, path], { stdio: 'ignore', detached: true })
  // The path is printed: where there is nothing to open it with, it can be opened by hand.
  opener.on('error', () => console.error(`sessionfetch: there is no ${command} here: open the file above in a browser`))
  opener.unref()
}

/** A folder of its own, which only this user can enter: a HAR may hold secrets. */
function writePage(name: string, html: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sessionfetch-')), name)
  writeFileSync(path, html, { mode: 0o600 })
  return path
}

process.exitCode = run(process.argv.slice(2), {
  readFile: (path) => readFileSync(path, 'utf8'),
  page: () => readFileSync(new URL('../trace/viewer.html', import.meta.url), 'utf8'),
  writePage,
  open,
  say: (text) => console.log(text),
  complain: (text) => console.error(text),
})
