import type { Environment } from '../environment.ts'
export const environment = null as unknown as Environment
export function digest(): never {
  throw new TypeError('digest: a browser')
}
