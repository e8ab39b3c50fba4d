/** A limit for the calls that are on their way at once: first come, first served. */
import type { ConcurrencyOptions } from '../contract/settings.ts'
import { check, partsOf } from '../exchange/checked-options.ts'
import type { Exchange, Layer, Slot } from '../exchange/request.ts'
import { answered } from '../exchange/request.ts'
import { tellTrace } from '../exchange/trace.ts'
import { readsToTheEnd } from './timeouts.ts'

/** The calls of one session, or of one of its origins, that are on their way or wait for a place. */
interface Line {
  free: number
  readonly waiting: Set<() => void>
}

/** Finds the line that a call waits in. */
export type Limiter = (origin: string) => Line

const LIMIT = check((value) => Number.isInteger(value) && (value as number) > 0, 'a whole number above 0')

/** Checks a `concurrency` option. */
export function parseConcurrency(option: number | ConcurrencyOptions | null | undefined): Limiter | undefined {
  if (option === undefined || option === null || option === Number.POSITIVE_INFINITY) return undefined
  const parts = typeof option === 'object' ? option : { perOrigin: option }
  const { perOrigin: limit } = partsOf<Partial<ConcurrencyOptions>>('concurrency', parts, { perOrigin: LIMIT })
  if (!limit) throw new TypeError('concurrency: give { perOrigin }')
  const lines = new Map<string, Line>()
  return (origin) => {
    const key = typeof option === 'object' ? origin : ''
    const line = lines.get(key) ?? { free: limit, waiting: new Set() }
    lines.set(key, line)
    return line
  }
}

/**
 * Makes the layer that lets at most so many calls through. A place is given back at the headers, in the data door with the
 * data.
 */
export function concurrencyLayer(limiter: Limiter): Layer {
  return async (exchange, next) => {
    const { call, progress } = exchange
    const line = limiter(call.origin)
    await take(line, exchange)
    progress.slot = slotOf(line, exchange)
    let isKept = false
    try {
      const response = await next(exchange)
      isKept = call.wantsData && readsToTheEnd(exchange, response)
      return response
    } finally {
      if (!isKept) progress.slot.release()
    }
  }
}

/** Waits for a place. A call that is aborted leaves the line. */
async function take(line: Line, { call, lifetime }: Exchange): Promise<void> {
  lifetime.throwIfAborted()
  if (line.free > 0) {
    line.free--
    return
  }
  tellTrace(call, 'queued')
  let enter: () => void = () => undefined
  const turn = new Promise<void>((resolve) => {
    enter = resolve
    line.waiting.add(resolve)
  })
  try {
    await lifetime.race(turn)
  } catch (error) {
    // The call was let in at the moment when it gave up: the place goes to the next one.
    if (!line.waiting.delete(enter)) leave(line)
    tellTrace(call, 'dequeued', { error })
    throw error
  }
  tellTrace(call, 'dequeued')
}

function leave(line: Line): void {
  const [first] = line.waiting
  if (!first) {
    line.free++
    return
  }
  line.waiting.delete(first)
  first()
}

function slotOf(line: Line, exchange: Exchange): Slot {
  let isHeld = true
  const release = () => {
    if (isHeld) leave(line)
    isHeld = false
  }
  return {
    release,
    async pause(work) {
      if (!isHeld) return work()
      release()
      try {
        return await work()
      } finally {
        await take(line, exchange)
        isHeld = true
      }
    },
  }
}

/** Does work that is not this request, such as the wait for a retry. The call's place is free meanwhile. */
export function whilePaused<T>({ progress: { slot } }: Exchange, work: () => Promise<T>): Promise<T> {
  return slot ? slot.pause(work) : work()
}

/** Waits for an answer of the caller's code, such as a token. The call's place is free meanwhile, and an abort ends the wait. */
export function answerOf<T>(exchange: Exchange, answer: Promise<T> | T): Promise<T> {
  // Most answers are there at once, and then the place is kept. Not by the class, which zone.js and others replace.
  const isPromise = (answer as Partial<Promise<T>> | null | undefined)?.then
  return isPromise ? whilePaused(exchange, async () => answered(exchange, answer)) : Promise.resolve(answer)
}
