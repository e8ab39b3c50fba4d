/**
 * The connections under the platform's own `fetch`: Node publishes the dispatcher that its fetch uses, and a request that is
 * given to it directly costs half as much. It is taken only while `globalThis.fetch` is the platform's own function, so that
 * mocks, stubs and instrumentation that replace it see every request; where a Node has no such dispatcher, only speed is lost.
 *
 * Found on Node 20, 22, 24 and 26: the slot is empty until `Response` is first named. Up to undici 7 it is `.1`, with the
 * older callbacks; undici 8 has its Agent in `.2`, with the newer ones, and a wrapper for older users in `.1`.
 */
import type { Dispatcher } from 'undici'
import { undiciVersion } from './builtin.ts'

/** What to send over, and which callbacks it takes. */
export interface PlatformRoute {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'> & { readonly isMockActive?: boolean }
  /** Major version of the undici in this Node. */
  readonly major: number
}

const LEGACY_SLOT = Symbol.for('undici.globalDispatcher.1')
const CURRENT_SLOT = Symbol.for('undici.globalDispatcher.2')

/** How the platform's own function begins, and the module that it loads; seen on Node 20 to 26. */
const SOURCE_BEGIN = 'function fetch(input, init = undefined) {'
const SOURCE_MODULE = "'internal/deps/undici/undici'"

/** Taken when the package is loaded, before a mock or a polyfill can replace it with one that hides its own source. */
const { toString: sourceText } = Function.prototype

/** What was found out about a function that was `fetch`. `major`: if it is the platform's own, that of its undici. */
let judged: { readonly fetch: unknown; readonly major: number | undefined } | undefined

/** The route to the platform's dispatcher, looked up at each send; `undefined`: go over `fetch`. */
export function platformRoute(): PlatformRoute | undefined {
  const { fetch } = globalThis
  if (judged?.fetch !== fetch) judged = { fetch, major: isPlatformFetch(fetch) ? undiciVersion() : undefined }
  const { major } = judged
  if (major === undefined) return undefined
  const slots = globalThis as { [LEGACY_SLOT]?: unknown; [CURRENT_SLOT]?: unknown }
  const slot = major >= 8 ? CURRENT_SLOT : LEGACY_SLOT
  // Node fills the slot when `Response` is first named.
  if (slots[slot] === undefined) void globalThis.Response
  const dispatcher = slots[slot] as PlatformRoute['dispatcher'] | undefined
  return typeof dispatcher?.dispatch === 'function' ? { dispatcher, major } : undefined
}

/** Reports whether a function is the one that Node itself has made, and of this realm: Jest's environments bring another's. */
export function isPlatformFetch(fetch: unknown): boolean {
  if (typeof fetch !== 'function' || Object.getPrototypeOf(fetch) !== Function.prototype) return false
  const source = sourceText.call(fetch)
  return source.startsWith(SOURCE_BEGIN) && source.includes(SOURCE_MODULE)
}
