/** Tells a call from inside a `refresh`, which would wait for itself, by AsyncLocalStorage where the platform has it. */
import type { Reentry } from '../../layers/auth.ts'

interface Storage {
  run<T>(store: ReadonlySet<object>, work: () => T): T
  getStore(): ReadonlySet<object> | undefined
}
type Platform = { process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage: new () => Storage } | undefined } }

/** Made when first needed: on Node before 24 an AsyncLocalStorage that is in use slows every promise down. */
let storage: Storage | undefined

/** Tells whether code runs inside of a refresh; always `false` where the platform has no AsyncLocalStorage. */
export const reentry: Reentry = {
  run(key, work) {
    const hooks = (globalThis as Platform).process?.getBuiltinModule?.('node:async_hooks')
    storage ??= hooks && new hooks.AsyncLocalStorage()
    return storage ? storage.run(new Set([...(storage.getStore() ?? []), key]), work) : work()
  },
  isInside: (key) => storage?.getStore()?.has(key) ?? false,
}
