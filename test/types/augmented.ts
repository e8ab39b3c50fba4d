/** Options of a platform can be added to the types. */
import { createSession } from 'sessionfetch'

declare module 'sessionfetch' {
  interface PlatformOptions {
    readonly cf?: { readonly cacheTtl: number }
  }
}

createSession({ cf: { cacheTtl: 5 } })
void createSession().fetch('https://h/', { cf: { cacheTtl: 5 } })
// @ts-expect-error still checked
createSession({ cf: { cacheTtl: 'long' } })
