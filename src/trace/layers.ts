/** A trace as options of a session: what is put into its chain to see what goes through it. */

import type { Interceptor, Next, RejectedCookie, RetryContext, SessionRequest } from '../index.ts'
import type { CallRecord } from './call.ts'
import type { HopRecord } from './hop.ts'
import type { Recorder, TraceEvent } from './recorder.ts'
import { lookAtBody } from './sent-body.ts'

/** Where the chain looks for the listener that it tells what interceptors cannot see. */
const LISTENER = Symbol.for('sessionfetch.trace')

/** Options for `createSession`, `extend`, `fork` or one call. */
export interface TraceSessionOptions {
  /** Sees calls begin and end. */
  readonly interceptors: readonly Interceptor[]
  /** Sees each request on the wire, and its response. */
  readonly hopInterceptors: readonly Interceptor[]
  /** Hears why there is another attempt. */
  readonly onRetry: (context: RetryContext) => void
  /** Hears why a cookie was refused. */
  readonly onCookieRejected: (rejected: RejectedCookie) => void
  /** Holds a listener for the chain, under a symbol. */
  readonly context: object
}

/** The options that make a session tell the recorder. When `isOn` says no, later calls pass by unseen. */
export function tracingOptions(recorder: Recorder, isOn: () => boolean = () => true): TraceSessionOptions {
  return {
    interceptors: [callInterceptor(recorder, isOn)],
    hopInterceptors: [hopInterceptor(recorder)],
    onRetry: Object.assign((context: RetryContext) => recorder.retry(context), {
      [LISTENER]: (event: TraceEvent) => recorder.hear(event),
    }),
    onCookieRejected: (rejected) => recorder.refuse(rejected),
    context: { [LISTENER]: tellAll },
  }
}

interface Hearing {
  readonly [LISTENER]?: (event: TraceEvent) => void
}

/** A context has one listener, and a call may be seen by several traces: they are found by their `onRetry`, which add up. */
function tellAll(event: TraceEvent): void {
  for (const listener of [event.call.options.onRetry ?? []].flat()) (listener as Hearing)[LISTENER]?.(event)
}

function callInterceptor(recorder: Recorder, isOn: () => boolean): Interceptor {
  return async (request, next) => {
    const call = recorder.begin(request, isOn())
    if (!call) return next(request)
    try {
      const response = await next(request)
      call.end(response)
      return response
    } catch (error) {
      call.fail(error)
      throw error
    }
  }
}

/** Hops of a call that is not recorded pass by, and those that another interceptor of the same trace records. */
function hopInterceptor(recorder: Recorder): Interceptor {
  return async (request, next) => {
    const call = recorder.callOf(request)
    if (!call?.isOpen || call.isRecording(request)) return next(request)
    const hop = call.begin(request)
    const sent = recorder.settings.bodies ? await withBody(request, hop, call, recorder.settings.maxBodyBytes) : request
    return send(sent, hop, next)
  }
}

async function send(request: SessionRequest, hop: HopRecord, next: Next): Promise<Response> {
  hop.leave()
  try {
    const response = await next(request)
    hop.answer(response)
    return response
  } catch (error) {
    hop.fail(error)
    throw error
  }
}

async function withBody(request: SessionRequest, hop: HopRecord, { mask }: CallRecord, most: number): Promise<SessionRequest> {
  const { body, recorded } = lookAtBody(request.body, request.headers, most, mask)
  const noted = recorded.then((shown) => {
    hop.requestBody = shown
  })
  // What a function makes is known only when it is sent.
  if (body === request.body) await noted
  else request.body = body
  return request
}
