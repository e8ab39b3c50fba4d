/** Who may import whom, as a table. A new file needs a line here, which is the moment to think about its place. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** Layers from the bottom: a file imports, at run time, only from layers below its own. */
const LAYERS: readonly (readonly string[])[] = [
  [
    'version',
    'errors',
    'secrets',
    'links',
    'scope',
    'drain',
    'body',
    'url',
    'query',
    'headers',
    'cookie-changes',
    'check',
    'basic',
    'listeners',
  ],
  ['options', 'merge-options', 'rules', 'response', 'schema', 'inspect', 'cookie-values', 'request-input'],
  ['request', 'cookie-line', 'paginate'],
  ['interceptors'],
  ['network-error', 'mounts', 'guard', 'auth', 'csrf'],
  ['retry', 'timeouts', 'transport', 'refreshable'],
  ['chain', 'data-door', 'locate', 'call-parts'],
  ['call'],
  ['session-state', 'doors'],
  ['session', 'exports'],
  ['node/tough', 'node/md5', 'node/challenge', 'node/builtin', 'node/maybe', 'node/failures'],
  ['node/codings', 'node/lazy-headers'],
  ['node/incoming', 'node/real-response'],
  ['node/cookie-rules', 'node/reentry', 'node/proxies', 'node/netrc', 'node/tls-options', 'node/lazy-response'],
  ['node/shelf', 'node/store-shelf', 'node/connections'],
  ['node/eviction', 'node/header-memory'],
  ['node/jar', 'node/digest'],
  ['node/jar-source', 'node/jar-cookies', 'node/cookie-layer'],
  ['node/redirect', 'node/undici-transport', 'browser/page-cookies'],
  ['node/pool', 'node/wire'],
  ['node/environment', 'browser/environment'],
  ['index', 'index.browser'],
]
/** Only types: they vanish in the build. */
const TYPES_ONLY = ['connection-options', 'cookies', 'environment', 'ofetch-types', 'session-types']

/** Each dependency has one importer. */
const DEPENDENCIES: Readonly<Record<string, string>> = {
  ofetch: 'data-door',
  'tough-cookie': 'node/tough',
  'fetch-cookie': 'node/cookie-layer',
  '@noble/hashes/legacy': 'node/md5',
  undici: 'node/connections',
}

interface Import {
  readonly from: string
  readonly isType: boolean
}

const files = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))

function importsOf(file: string): Import[] {
  const code = readFileSync(join(SRC, `${file}.ts`), 'utf8')
  return [...code.matchAll(/^(import|export) (type )?[^;]*?from '([^']+)'/gms)].map(([, , type, from = '']) => ({
    from: from.startsWith('.') ? relative(SRC, join(SRC, dirname(file), from)).replace(/\.ts$/, '') : from,
    isType: type !== undefined,
  }))
}

const layerOf = (file: string) => LAYERS.findIndex((layer) => layer.includes(file))

describe('architecture', () => {
  test.each(files)('%s has its place', (file) => {
    expect(layerOf(file) >= 0 || TYPES_ONLY.includes(file)).toBe(true)
  })

  test.each(files.filter((file) => layerOf(file) >= 0))('%s imports only from below, at run time', (file) => {
    const upward = importsOf(file).filter(({ from, isType }) => !isType && layerOf(from) >= layerOf(file))
    expect(upward.map(({ from }) => from)).toEqual([])
  })

  test.each(TYPES_ONLY)('%s holds types only', (file) => {
    expect(importsOf(file).filter(({ isType }) => !isType)).toEqual([])
  })

  test.each(files)('%s imports a dependency only if it is its importer', (file) => {
    const foreign = importsOf(file).filter(({ from, isType }) => !isType && from in DEPENDENCIES && DEPENDENCIES[from] !== file)
    expect(foreign).toEqual([])
  })

  test.each(files.filter((file) => !/^(node|browser)\/|^index/.test(file)))('%s does not ask where it runs', (file) => {
    const code = readFileSync(join(SRC, `${file}.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    expect(code).not.toMatch(/\b(window|document|process)\b(?!:)|instanceof Response|from 'node:/)
    expect(importsOf(file).filter(({ from }) => /^(node|browser)\//.test(from))).toEqual([])
  })

  /** The cookies of a hop are kept apart from its headers: who reads these inward of the cookie layer must ask for both. */
  test.each(['transport', 'mounts', 'network-error', 'interceptors', 'node/undici-transport'])(
    '%s, inward of the cookies, knows where they are',
    (file) => {
      expect(readFileSync(join(SRC, `${file}.ts`), 'utf8')).toMatch(/\b(wholeHeaders|cookieOf)\(/)
    },
  )

  test.each(files)('%s is short enough to be read', (file) => {
    expect(readFileSync(join(SRC, `${file}.ts`), 'utf8').split('\n').length).toBeLessThanOrEqual(260)
  })
})
