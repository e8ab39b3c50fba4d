/**
 * A body that is watched while it is read: `maxBytes`, `timeout.idle`, and an abort that reports its own reason.
 *
 * The response stays the platform's object; its `body` and its reading methods become ours, on this one object.
 * They read through `getReader()`: a stream that errors inside `new Response(stream).text()` comes out as another error in
 * every browser engine. Nothing is read before the user reads.
 */

import { BodyTooLargeError, describe } from '../contract/errors.ts'
import type { Scope } from './lifetime.ts'
import { copyMarks, type SessionResponse } from './marks.ts'
import type { LayerRequest } from './request.ts'

export interface GuardRules {
  readonly request: LayerRequest
  readonly scope: Scope
  readonly maxBytes?: number | undefined
  readonly idle?: number | undefined
  readonly idleError?: () => Error
}

/** The state of a guarded body. */
export interface Guard {
  ended: boolean
  readonly onEnd: (() => void)[]
}

const guards = new WeakMap<Response, Guard>()
const READS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/** Guards a body once; a second call changes nothing. */
export function guardBody(response: Response, rules: GuardRules): Guard {
  const known = guards.get(response)
  if (known) return known
  const guard: Guard = { ended: false, onEnd: [] }
  guards.set(response, guard)
  const source = response.body
  if (source) takeOver(response, (own) => watch(source, rules, own, end), rules)
  else end()
  return guard

  function end() {
    guard.ended = true
    for (const callback of guard.onEnd.splice(0)) callback()
  }
}

/** Calls back when the body has been read, cancelled or broken off. */
export function whenBodyEnds(guard: Guard, callback: () => void): void {
  if (guard.ended) callback()
  else guard.onEnd.push(callback)
}

/** What is ours of a response: its stream, made when somebody asks, and whether somebody has begun to read. */
interface OwnBody {
  stream: ReadableStream<Uint8Array> | undefined
  isUsed: boolean
}

function takeOver(response: Response, open: (own: OwnBody) => ReadableStream<Uint8Array>, rules: GuardRules): void {
  const own: OwnBody = { stream: undefined, isUsed: false }
  const body = () => {
    own.stream ??= open(own)
    return own.stream
  }
  const type = response.headers.get('content-type')
  const members: PropertyDescriptorMap = {
    body: { get: body, configurable: true },
    bodyUsed: { get: () => own.isUsed, configurable: true },
    clone: { value: () => cloned(response, own, body(), rules), configurable: true },
  }
  for (const read of READS) {
    if (!(read in response) && read !== 'bytes') continue
    const value = async () => {
      if (own.isUsed || body().locked) throw new TypeError('the body was already read, or is being read')
      own.isUsed = true
      const whole = new Response(await readAll(body()), type === null ? {} : { headers: { 'content-type': type } })
      // A platform without `bytes()` gets it all the same: it is one line.
      return read in whole ? whole[read]() : new Uint8Array(await whole.arrayBuffer())
    }
    members[read] = { value, configurable: true }
  }
  Object.defineProperties(response, members)
}

function cloned(response: Response, own: OwnBody, stream: ReadableStream<Uint8Array>, rules: GuardRules): Response {
  if (own.isUsed || stream.locked) throw new TypeError('clone: the body was already read, or is being read')
  const [mine, other] = stream.tee()
  own.stream = mine
  const { status, statusText, headers } = response
  const copy = copyMarks(response as SessionResponse, new Response(null, { status, statusText, headers }))
  takeOver(copy, () => other, rules)
  return copy
}

/** The source, counted and timed. It errors with our error, and closes the connection when it does. */
function watch(
  source: ReadableStream<Uint8Array>,
  rules: GuardRules,
  own: OwnBody,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const { scope } = rules
  const reader = source.getReader()
  const read = counted(reader, rules)
  let off = () => {}
  const close = () => {
    off()
    onEnd()
  }
  const stream = byteStream({
    start(controller) {
      const fail = (reason: unknown) => {
        close()
        controller.error(reason)
        reader.cancel(reason).catch(() => undefined)
      }
      if (scope.aborted) fail(scope.reason)
      else off = scope.onAbort(fail)
    },
    async pull(controller) {
      // After a clone this stream feeds two, and only their own methods tell who has read.
      if (own.stream === stream) own.isUsed = true
      try {
        const chunk = await read()
        if (chunk) return controller.enqueue(chunk)
        close()
        controller.close()
        // A reader that brought its own buffer waits for an answer to it.
        if ('byobRequest' in controller) controller.byobRequest?.respond(0)
      } catch (error) {
        if (scope.aborted) return
        close()
        reader.cancel(error).catch(() => undefined)
        controller.error(error)
      }
    },
    cancel(reason) {
      if (own.stream === stream) own.isUsed = true
      close()
      return reader.cancel(reason)
    },
  })
  return stream
}

interface Source {
  start(controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>): void
  pull(controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>): Promise<void>
  cancel(reason: unknown): Promise<void>
}

/** A byte stream, as the platform's bodies are; WebKit has no such streams to be made. */
function byteStream(source: Source): ReadableStream<Uint8Array> {
  const strategy = { highWaterMark: 0 }
  try {
    // TypeScript's overloads tell the two kinds of source apart by the controller, and ours takes either.
    return new ReadableStream({ ...source, type: 'bytes' } as unknown as UnderlyingDefaultSource<Uint8Array>, strategy)
  } catch {
    return new ReadableStream(source as UnderlyingDefaultSource<Uint8Array>, strategy)
  }
}

/** Reads a chunk, `undefined` at the end. A copy: a byte stream takes the buffer over, and it may be somebody else's. */
function counted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  rules: GuardRules,
): () => Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { maxBytes = Number.POSITIVE_INFINITY, request } = rules
  let bytes = 0
  return async () => {
    let step = await nextChunk(reader, rules)
    while (!step.done && step.value.byteLength === 0) step = await nextChunk(reader, rules)
    if (step.done) return undefined
    bytes += step.value.byteLength
    if (bytes <= maxBytes) return new Uint8Array(step.value)
    throw new BodyTooLargeError(`${describe(request)}: the body is larger than maxBytes (${maxBytes})`, { request })
  }
}

async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>, { idle, idleError }: GuardRules) {
  if (!idle) return reader.read()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(idleError?.()), idle)
  })
  try {
    return await Promise.race([reader.read(), late])
  } finally {
    clearTimeout(timer)
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Blob> {
  const reader = stream.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    chunks.push(step.value as Uint8Array<ArrayBuffer>)
  }
  return new Blob(chunks)
}
