/** Answers and URLs that many tests of sessions share. */
import type { Answer } from './memory.ts'

/** Where most calls of the tests go. */
export const A = 'https://a.example/'
/** Another origin. */
export const B = 'https://b.example/'

/** A redirect. */
export const redirect = (location: string, status = 302): Answer => ({ status, body: '', headers: { location } })

/** A fetch that never answers. */
export const never = () => new Promise<Response>(() => undefined)

/** A body that breaks off at once. */
export const broken = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })

/** A response whose body begins and never ends. */
export const endless = () =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('x')) }))
