/** Node's own modules, without a static import: the main entry is also loaded where there are none. */

type Builtins = {
  'node:fs': typeof import('node:fs')
  'node:http2': typeof import('node:http2')
  'node:net': typeof import('node:net')
  'node:os': typeof import('node:os')
  'node:stream': typeof import('node:stream')
  'node:tls': typeof import('node:tls')
  'node:util': typeof import('node:util')
  'node:zlib': typeof import('node:zlib')
}

interface Process {
  readonly versions?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string | undefined>>
  getBuiltinModule?(name: string): unknown
}

const host = (): Process | undefined => (globalThis as { process?: Process }).process

/** Gives a module of Node. Options that need one are refused on other platforms before it is asked for. */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] {
  const found = host()?.getBuiltinModule?.(name)
  if (!found) throw new TypeError(`${name} is not to be had on this platform`)
  return found as Builtins[N]
}

/** The variables of the process, or none where there is no process. */
export function environmentVariables(): Readonly<Record<string, string | undefined>> {
  return host()?.env ?? {}
}

/** The name of a platform that is not Node but loads the main entry. */
export function otherPlatform(): 'Bun' | 'Deno' | 'a worker' | undefined {
  const versions = host()?.versions ?? {}
  if ('bun' in versions || 'Bun' in globalThis) return 'Bun'
  if ('deno' in versions || 'Deno' in globalThis) return 'Deno'
  const isWorker = (globalThis.navigator as { userAgent?: string } | undefined)?.userAgent === 'Cloudflare-Workers'
  return 'node' in versions && !isWorker ? undefined : 'a worker'
}

/** Major version of the undici that is built into Node; elsewhere `undefined`. */
export function undiciVersion(): number | undefined {
  const { undici } = host()?.versions ?? {}
  return undici === undefined || otherPlatform() ? undefined : Number.parseInt(undici, 10)
}
