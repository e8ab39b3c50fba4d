/** The platform's own `Response`, made of what undici gives: for whoever may hand it on. */
import { type Fields, realHeaders } from './lazy-headers.ts'

/** What comes before the body. */
export interface Head {
  readonly status: number
  readonly statusText: string
  readonly fields: Fields
  readonly url: string
}

/** The platform's own `Response` of what came. */
export function realResponse(body: ReadableStream<Uint8Array> | null, { status, statusText, fields, url }: Head): Response {
  const response = construct(body as BodyInit | null, { status, statusText, headers: realHeaders(fields) })
  for (const [name, value] of Object.entries({ url, type: 'basic' }))
    Object.defineProperty(response, name, { value, configurable: true })
  return response
}

/** `new Response` refuses statuses from 600 on and odd reason phrases, which servers send and the platform's fetch takes. */
function construct(body: BodyInit | null, { status, statusText, headers }: ResponseInit & { headers: Headers }): Response {
  try {
    return new Response(body, { status: status as number, statusText: statusText as string, headers })
  } catch {
    const response = new Response(body, { headers })
    const ok = (status as number) >= 200 && (status as number) <= 299
    for (const [name, value] of Object.entries({ status, statusText, ok }))
      Object.defineProperty(response, name, { value, configurable: true })
    return response
  }
}
