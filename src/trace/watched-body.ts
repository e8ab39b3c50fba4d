/**
 * A response's body, watched while its owner reads it: how many bytes, when the last one came, and with `bodies: true` the
 * first of them. Nothing is read that the owner does not read, and what the owner cancels is cancelled: a tee would go on.
 *
 * The response stays the same object, since the session knows it by identity. Its reading methods and its `body` are ours;
 * below them the platform's own do the reading, so `bodyUsed`, errors and locks stay the platform's.
 */

import type { Captured } from './captured.ts'

/** Told about a body. */
export interface BodyWatcher {
  /** A new one for each reader: a clone is read apart. */
  capture(): Captured
  /** The body was read to its end, cancelled, or broke off. */
  end(captured: Captured): void
}

/** The session's shorter way to drain a response, which passes by its body. */
const DUMP = Symbol.for('sessionfetch.dump')

const READS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const
type Read = (typeof READS)[number]

/** Watches a body. One that is empty has ended. */
export function watchBody(response: Response, watcher: BodyWatcher): void {
  if (!Object.isExtensible(response) || typeof response.arrayBuffer !== 'function') return
  if (response.body === null) {
    watcher.end(watcher.capture())
    return
  }
  const members: PropertyDescriptorMap = {
    body: watchedStream(response, watcher),
    clone: watchedClone(response, watcher),
    // What a retry throws away is drained through the body, and so seen.
    [DUMP]: { value: undefined, configurable: true },
  }
  for (const read of READS) {
    if (typeof response[read] === 'function') members[read] = watchedRead(response, read, watcher)
  }
  Object.defineProperties(response, members)
}

/** Reads the bytes by the platform, and makes of them what was asked for. */
function watchedRead(response: Response, read: Read, watcher: BodyWatcher): PropertyDescriptor {
  const arrayBuffer = response.arrayBuffer.bind(response)
  const value = async () => {
    const captured = watcher.capture()
    try {
      const buffer = await arrayBuffer()
      captured.add(new Uint8Array(buffer))
      if (read === 'arrayBuffer') return buffer
      const type = response.headers.get('content-type')
      return await new Response(buffer, type === null ? {} : { headers: { 'content-type': type } })[read]()
    } finally {
      watcher.end(captured)
    }
  }
  return { value, configurable: true, writable: true }
}

function watchedClone(response: Response, watcher: BodyWatcher): PropertyDescriptor {
  const clone = response.clone.bind(response)
  const value = () => {
    const copy = clone()
    watchBody(copy, watcher)
    return copy
  }
  return { value, configurable: true, writable: true }
}

/** The platform's stream is asked for anew by each stream of ours: a clone puts another in its place. */
function watchedStream(response: Response, watcher: BodyWatcher): PropertyDescriptor {
  const platform = platformBody(response)
  let stream: ReadableStream<Uint8Array> | undefined
  const get = () => {
    stream ??= passThrough(platform, watcher)
    return stream
  }
  return { get, configurable: true }
}

function platformBody(response: Response): () => ReadableStream<Uint8Array> | null {
  for (let at: object | null = response; at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, 'body')
    if (found) return () => (found.get ? found.get.call(response) : found.value)
  }
  return () => null
}

/** Opens the source when it is first read: until then the response may still be read by its methods, or cloned. */
function passThrough(platform: () => ReadableStream<Uint8Array> | null, watcher: BodyWatcher): ReadableStream<Uint8Array> {
  const captured = watcher.capture()
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return byteStream({
    async pull(controller) {
      try {
        reader ??= platform()?.getReader()
        const chunk = reader && (await nextChunk(reader))
        if (chunk) {
          captured.add(chunk)
          return controller.enqueue(chunk)
        }
        watcher.end(captured)
        controller.close()
        // A reader that brought its own buffer waits for an answer to it.
        if ('byobRequest' in controller) controller.byobRequest?.respond(0)
      } catch (error) {
        watcher.end(captured)
        controller.error(error)
      }
    },
    async cancel(reason) {
      watcher.end(captured)
      await (reader ?? platform())?.cancel(reason)
    },
  })
}

/** A copy: a byte stream takes the buffer over, and it may be somebody else's. An empty chunk would break such a stream. */
async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let step = await reader.read()
  while (!step.done && step.value.byteLength === 0) step = await reader.read()
  return step.done ? undefined : new Uint8Array(step.value)
}

interface Source {
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
