/** What the frames of a stream say of its end. */
import { expect, test } from 'vitest'
import { Ending } from '../../../src/node/pool/http2-ending.ts'
import type { Event } from '../../../src/node/pool/http2-frames.ts'
import type { Silent } from '../../../src/node/pool/http2-silence.ts'

type Frame = readonly [event: Event, length?: number, silent?: Silent]
type Expected = 'whole' | 'reset' | 'wrong length' | 'cut' | 'open'

function ended(frames: readonly Frame[], { said, isOfBodiless = true }: { said?: number; isOfBodiless?: boolean } = {}) {
  const ending = new Ending()
  ending.said = said
  ending.isOfBodiless = isOfBodiless
  for (const [event, length = 0, silent = 'no'] of frames) ending.note(event, length, silent)
  return ending
}

function outcome(ending: Ending, delivered: number): Expected {
  if (ending.isReset) return 'reset'
  if (ending.isWrongLength) return 'wrong length'
  if (ending.isWhole(delivered)) return 'whole'
  return ending.hasCome ? 'cut' : 'open'
}

test.each<[string, readonly Frame[], number, Expected, { said?: number; isOfBodiless?: boolean }?]>([
  ['END_STREAM with the last bytes', [['headers'], ['data', 3], ['end', 2]], 5, 'whole'],
  ['an end of its own', [['data', 3], ['bare end']], 3, 'whole'],
  ['nothing yet', [['headers'], ['data', 3]], 3, 'open'],
  ['bytes that Node does not give', [['data', 3], ['end']], 0, 'cut'],
  ['a reset in the body', [['data', 3], ['reset']], 3, 'reset'],
  ['a reset after a whole body', [['end', 3], ['reset']], 3, 'whole'],
  ['a reset after an end that was written with the body', [['data', 3], ['bare end', 0, 'no'], ['reset']], 3, 'whole'],
  ['a reset after an end that came after a silence', [['data', 3], ['bare end', 0, 'yes'], ['reset']], 3, 'reset'],
  ['the same read together by a process that was held up', [['data', 3], ['bare end', 0, 'perhaps'], ['reset']], 3, 'whole'],
  ['the same for a request with a body', [['bare end', 0, 'yes'], ['reset']], 0, 'whole', { isOfBodiless: false }],
  ['the same with a Content-Length', [['data', 3], ['bare end', 0, 'yes'], ['reset']], 3, 'whole', { said: 3 }],
  ['more bytes than Content-Length', [['data', 4]], 4, 'wrong length', { said: 3 }],
  ['fewer', [['data', 2], ['bare end']], 2, 'wrong length', { said: 3 }],
  ['fewer so far', [['data', 2]], 2, 'open', { said: 3 }],
])('%s', (_, frames, delivered, expected, of) => {
  expect(outcome(ended(frames, of), delivered)).toBe(expected)
})

test('a reset in a later turn of the event loop than the end counts', async () => {
  const ending = ended([
    ['data', 3],
    ['bare end', 0, 'perhaps'],
  ])
  await new Promise((resolve) => setImmediate(resolve))
  ending.note('reset', 0, 'no')
  expect(outcome(ending, 3)).toBe('reset')
})
