/** The command line, on a world in memory. */
import { describe, expect, test } from 'vitest'
import { embed, run } from '../../../src/trace/bin/command.ts'

const PAGE = '<p><script type="application/json" id="har" data-name=""></script>'
const HAR = JSON.stringify({ log: { entries: [{ request: { url: 'https://x.example/' } }] } })

function command(...args: string[]) {
  const seen = { said: '', complained: '', opened: '', page: '' }
  const status = run(args, {
    readFile: (path) => {
      if (path === 'none.har') throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
      return path === 'page.html' ? '<html>' : path === 'other.json' ? '{}' : HAR
    },
    page: () => PAGE,
    writePage: (name, html) => {
      seen.page = html
      return `/tmp/x/${name}`
    },
    open: (path) => {
      seen.opened = path
    },
    say: (text) => {
      seen.said = text
    },
    complain: (text) => {
      seen.complained = text
    },
  })
  return { status, ...seen }
}

describe('sessionfetch trace', () => {
  test('writes the page, prints its path, and opens it', () => {
    expect(command('trace', 'dir/shop.har')).toMatchObject({
      status: 0,
      said: 'shop.har: 1 call, 1 request\n/tmp/x/shop.har.html',
      opened: '/tmp/x/shop.har.html',
      page: `<p><script type="application/json" id="har" data-name="shop.har">${HAR}</script>`,
    })
  })

  test('opens nothing with --no-open, wherever it stands', () => {
    expect(command('--no-open', 'trace', 'a.har')).toMatchObject({ status: 0, opened: '' })
    expect(command('trace', 'a.har', '--no-open')).toMatchObject({ status: 0, opened: '' })
  })

  test.each([
    [['trace', 'none.har'], 1, /^sessionfetch: none.har: there is no such file$/],
    [['trace', 'page.html'], 1, /^sessionfetch: page.html: this is not a HAR file: it is not JSON$/],
    [['trace', 'other.json'], 1, /^sessionfetch: other.json: this is not a HAR file: it has no log.entries$/],
    [['trace'], 2, /^sessionfetch: say which file to show: trace FILE.har\n/],
    [['trace', 'a.har', 'b.har'], 2, /^sessionfetch: give one file\n/],
    [['trace', 'a.har', '--open'], 2, /^sessionfetch: there is no option --open\n/],
    [['show'], 2, /^sessionfetch: there is no command show\n/],
    [[], 2, /^sessionfetch: say what to do: trace FILE.har\n[\s\S]*npx sessionfetch trace FILE.har/],
  ])('%j ends with %i and says what to do', (args, status, message) => {
    const done = command(...args)
    expect(done.status).toBe(status)
    expect(done.complained).toMatch(message)
  })

  test.each([
    ['--help', /npx sessionfetch trace FILE.har/],
    ['-h', /npx sessionfetch trace FILE.har/],
    ['--version', /^\d+\.\d+\.\d+/],
  ])('%s is said, and is no failure', (option, text) => {
    expect(command('trace', option)).toMatchObject({ status: 0, said: expect.stringMatching(text) })
  })
})

describe('embed()', () => {
  test('lets nothing in a HAR or its name become markup', () => {
    const har = JSON.stringify({ a: '</script><script>alert(1)</script>$&' })
    const page = embed(PAGE, har, 'a"b&.har')
    expect(page).toContain('data-name="a&quot;b&amp;.har"')
    expect(page.match(/<\/?script/g)).toEqual(['<script', '</script'])
    expect(JSON.parse(page.slice(page.indexOf('>{') + 1, page.lastIndexOf('</script>')))).toEqual(JSON.parse(har))
  })
})
