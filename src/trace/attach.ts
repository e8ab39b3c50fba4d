/** How a trace adds itself to a session that is there already, and takes itself out again. */
import type { Interceptor, Session } from '../index.ts'
import type { TraceSessionOptions } from './layers.ts'

/** Where a session keeps what its later calls are made with. */
const STATE = Symbol.for('sessionfetch.state')

/** The part of a session's state that a trace changes. */
interface Living {
  readonly interceptors: Interceptor[]
  readonly hopInterceptors: Interceptor[]
  readonly options: Record<string, unknown>
  /** Made of the interceptors; made again when it is not there. */
  chain: unknown
}

/**
 * Adds a trace's options to a session, for later calls. Returns a function that takes them out; calls on their way then are
 * recorded to their end.
 */
export function attach(session: Session, optionsOf: (isOn: () => boolean) => TraceSessionOptions): () => void {
  const living = (session as { readonly [STATE]?: Living } | null | undefined)?.[STATE]
  if (!living) throw new TypeError('attach: give a session made by createSession')
  let isOn = true
  const { interceptors, hopInterceptors, context, ...listeners } = optionsOf(() => isOn)
  const { options } = living
  living.interceptors.push(...interceptors)
  living.hopInterceptors.push(...hopInterceptors)
  options.context = { ...(options.context as object), ...context }
  for (const [name, listener] of Object.entries(listeners)) options[name] = [options[name] ?? [], listener].flat()
  living.chain = undefined
  return () => {
    isOn = false
    remove(living.interceptors, interceptors)
    remove(living.hopInterceptors, hopInterceptors)
    // The listener in the context stays: it is that of all traces, and tells those whose `onRetry` is there.
    for (const [name, listener] of Object.entries(listeners)) options[name] = without(options[name], listener)
    living.chain = undefined
  }
}

function without(listeners: unknown, one: unknown): unknown {
  const others = [listeners ?? []].flat().filter((listener) => listener !== one)
  return others.length > 0 ? others : undefined
}

function remove(list: Interceptor[], added: readonly Interceptor[]): void {
  for (const one of added) if (list.includes(one)) list.splice(list.indexOf(one), 1)
}
