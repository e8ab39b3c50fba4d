/**
 * A body that is watched while it is read: `maxBytes`, `timeout.idle`, and an abort that reports its own reason.
 *
 * The response stays the platform's object; its `body` and its reading methods become ours, on this one object.
 * They read through `getReader()`: a stream that errors inside `new Response(stream).text()` comes out as another error in
 * every browser engine. Nothing is read before the user reads.
 */
import type { LayerRequest } from './chain.ts'
import { BodyTooLargeError, describe } from './errors.ts'
import type { SessionResponse } from './response.ts'
import type { Scope } from './scope.ts'

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
  if (source) takeOver(response, () => watch(source, rules, end), rules)
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

function takeOver(response: Response, open: () => ReadableStream<Uint8Array>, rules: GuardRules): void {
  let stream: ReadableStream<Uint8Array> | undefined
  const body = () => (stream ??= open())
  const type = response.headers.get('content-type')
  const own: PropertyDescriptorMap = {
    body: { get: body, configurable: true },
    clone: { value: () => twin(), configurable: true },
  }
  for (const read of READS) {
    if (!(read in response) && read !== 'bytes') continue
    own[read] = {
      value: async () => {
        const whole = new Response(await readAll(body()), type === null ? {} : { headers: { 'content-type': type } })
        // A platform without `bytes()` gets it all the same: it is one line.
        return read in whole ? whole[read]() : new Uint8Array(await whole.arrayBuffer())
      },
      configurable: true,
    }
  }
  Object.defineProperties(response, own)

  function twin(): Response {
    const [mine, other] = body().tee()
    stream = mine
    const { status, statusText, headers } = response
    const copy = new Response(null, { status, statusText, headers })
    const { history, elapsed, links, url, redirected } = response as SessionResponse
    for (const [name, value] of Object.entries({ history, elapsed, links, url, redirected, body: other })) {
      Object.defineProperty(copy, name, { value, configurable: true })
    }
    takeOver(copy, () => other, rules)
    return copy
  }
}

/** The source, counted and timed. It errors with our error, and closes the connection when it does. */
function watch(source: ReadableStream<Uint8Array>, rules: GuardRules, onEnd: () => void): ReadableStream<Uint8Array> {
  const { scope, maxBytes = Number.POSITIVE_INFINITY, request } = rules
  const reader = source.getReader()
  let bytes = 0
  let off = () => {}
  const close = () => {
    off()
    onEnd()
  }
  return new ReadableStream<Uint8Array>(
    {
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
        try {
          const { done, value } = await nextChunk(reader, rules)
          if (done) {
            close()
            return controller.close()
          }
          bytes += value.byteLength
          if (bytes > maxBytes) {
            throw new BodyTooLargeError(`${describe(request)}: the body is larger than maxBytes (${maxBytes})`, { request })
          }
          controller.enqueue(value)
        } catch (error) {
          if (scope.aborted) return
          close()
          reader.cancel(error).catch(() => undefined)
          controller.error(error)
        }
      },
      cancel(reason) {
        close()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
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
