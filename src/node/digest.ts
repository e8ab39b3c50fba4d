import type { AuthFlow } from '../auth.ts'
import type { Credentials } from '../options.ts'

export function digest(_: Credentials): AuthFlow {
  throw new TypeError('digest: later')
}
