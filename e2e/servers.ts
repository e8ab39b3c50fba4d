/** Starts the servers of the e2e tests: two ports, so that there are two origins, and tells the tests where they are. */
import type { TestProject } from 'vitest/node'
import { startApi } from './api.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly a: string
    readonly b: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const [a, b] = await Promise.all([startApi(), startApi()])
  provide('a', a.origin)
  provide('b', b.origin)
  return async () => {
    await Promise.all([a.close(), b.close()])
  }
}
