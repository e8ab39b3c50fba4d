/** Tells a call from inside a `refresh`, which would wait for itself, by AsyncLocalStorage where the platform has it. */
import type { Reentry } from '../../layers/auth.ts'

interface Storage {
  run<T>(store: ReadonlySet<object>, work: () => T): T
  getStore(): ReadonlySet<object> | undefined
}
type Platform = { process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage: new () => Storage } | undefined } }

/** Made when first needed: on Node before 24 a storage in use slows every promise down. */
let storage: Storage | undefined

/** Knows, by AsyncLocalStorage where there is one, whether code runs inside of a refresh. */
export const reentry: Reentry = {
  run(key, work) {
    const hooks = (globalThis as Platform).process?.getBuiltinModule?.('node:async_hooks')
    storage ??= hooks && new hooks.AsyncLocalStorage()
    return storage ? storage.run(new Set([...(storage.getStore() ?? []), key]), work) : work()
  },
  isInside: (key) => storage?.getStore()?.has(key) ?? false,
}
