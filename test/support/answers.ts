/** Answers and places that many tests of sessions share. */
import type { Answer } from './memory.ts'

export const A = 'https://a.example/'
export const B = 'https://b.example/'

export const redirect = (location: string, status = 302): Answer => ({ status, body: '', headers: { location } })

export const never = () => new Promise<Response>(() => undefined)

/** A body that breaks off at once. */
export const broken = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })

/** A body that begins and never ends. */
export const endless = () =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('x')) }))
