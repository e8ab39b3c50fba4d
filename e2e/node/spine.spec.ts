/** The way of a call through src/, as docs/architecture.md opens with it. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('a call enters the spine in its order, and no file of it calls an earlier one', () => {
  // The script ends with another code than 0 if it does not hold.
  const printed = execFileSync(process.execPath, ['scripts/trace-call.mjs'], { encoding: 'utf8' })
  const spines = printed.split('\n\n').map((part) => part.match(/(?<=^ \* ).+/gm))
  expect(spines).toEqual([
    [
      'session/session',
      'session/data',
      'session/resolve',
      'session/chain',
      'node/redirect',
      'node/cookies',
      'node/platform-transport',
    ],
    ['session/session', 'session/data', 'session/resolve', 'session/chain', 'layers/transport'],
  ])
})
