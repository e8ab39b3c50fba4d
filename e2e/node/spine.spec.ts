/** The way of a call through src/, as docs/architecture.md opens with it. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The files of the first figure, one at the head of each line. */
const inNode = /```\n(.+?)```/s.exec(readFileSync('docs/architecture.md', 'utf8'))?.[1]?.match(/^[\w/-]+/gm) ?? []

test('a call enters the spine in its order, and no file of it calls an earlier one', () => {
  // The script ends with another code than 0 if it does not hold.
  const printed = execFileSync(process.execPath, ['scripts/trace-call.mjs'], { encoding: 'utf8' })
  const inPage = [...inNode.filter((file) => file.startsWith('session/')), 'layers/transport']
  expect(inNode).toHaveLength(7)
  expect(printed.split('\n\n').map((part) => part.match(/(?<=^ \* ).+/gm))).toEqual([inNode, inPage])
})
