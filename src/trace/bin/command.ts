/** `npx sessionfetch trace FILE.har`: puts a HAR into the viewer's page, and opens that. What it touches is a parameter. */

import { basename } from 'node:path'
import { version } from '../../contract/version.ts'
import { readRecording } from '../viewer/recording.ts'

/** What the command does to the world. */
export interface World {
  readonly readFile: (path: string) => string
  /** The viewer without a HAR. */
  readonly page: () => string
  /** Writes a page where only this user can read it, and gives its path. */
  readonly writePage: (name: string, html: string) => string
  readonly open: (path: string) => void
  readonly say: (text: string) => void
  readonly complain: (text: string) => void
}

const HELP = `sessionfetch ${version}

  npx sessionfetch trace FILE.har    show a HAR file in the browser: calls, requests, cookies
      --no-open                      only write the page, and print its path
  npx sessionfetch --help
  npx sessionfetch --version

A HAR file is what JSON.stringify(trace().toHAR()) gives, or what a browser saves from its network panel.
The page holds all that the file holds, secrets too, and makes no request.`

/** Exit statuses: the file was the problem, or the command line. */
const FAILED = 1
const MISUSED = 2

/** Runs the command; gives the exit status. */
export function run(args: readonly string[], world: World): number {
  const options = args.filter((arg) => arg.startsWith('-'))
  const [command, file, ...rest] = args.filter((arg) => !arg.startsWith('-'))
  if (options.includes('--help') || options.includes('-h')) return say(HELP, world)
  if (options.includes('--version')) return say(version, world)
  const unknown = options.find((option) => option !== '--no-open')
  if (unknown !== undefined) return complain(`there is no option ${unknown}`, world)
  if (command !== 'trace')
    return complain(command === undefined ? 'say what to do: trace FILE.har' : `there is no command ${command}`, world)
  if (file === undefined) return complain('say which file to show: trace FILE.har', world)
  if (rest.length > 0) return complain('give one file', world)
  return show(file, !options.includes('--no-open'), world)
}

function say(text: string, world: World): number {
  world.say(text)
  return 0
}

function complain(what: string, world: World): number {
  world.complain(`sessionfetch: ${what}\n\n${HELP}`)
  return MISUSED
}

function show(file: string, opens: boolean, world: World): number {
  try {
    const har = world.readFile(file)
    const { calls, hops } = readRecording(har)
    const name = basename(file)
    const path = world.writePage(`${name}.html`, embed(world.page(), har, name))
    world.say(`${name}: ${count(calls, 'call')}, ${count(hops, 'request')}\n${path}`)
    if (opens) world.open(path)
    return 0
  } catch (error) {
    world.complain(`sessionfetch: ${file}: ${reason(error)}`)
    return FAILED
  }
}

const count = ({ length }: readonly unknown[], word: string) => `${length} ${word}${length === 1 ? '' : 's'}`

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder: give a HAR file',
  EACCES: 'this file may not be read',
}

function reason(error: unknown): string {
  const { code = '', message } = error as Error & { readonly code?: string }
  return (Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? message
}

/** In JSON `<` stands only within strings, where it can be written so; as it is, it could end the element. */
export function embed(page: string, har: string, name: string): string {
  const place = '<script type="application/json" id="har" data-name="">'
  if (!page.includes(place)) throw new RangeError('the page of the viewer is not the one of this version')
  const escaped = name.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  const filled = place.replace('data-name=""', () => `data-name="${escaped}"`)
  return page.replace(place, () => filled + har.replaceAll('<', '\\u003c'))
}
