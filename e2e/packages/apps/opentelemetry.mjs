/**
 * OpenTelemetry's own undici instrumentation, which listens on diagnostics channels: a call over the platform's connections gives
 * the span, and the traceparent on the wire, that one over fetch gives. Prints both ways and what they have in common.
 */
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createSession } from 'sessionfetch'
import { routeOf } from './job.mjs'

const [, , origin] = process.argv
const exporter = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
trace.setGlobalTracerProvider(tracerProvider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
new UndiciInstrumentation().setTracerProvider(tracerProvider)

/** The span of one call, without what differs from call to call; and whether the server saw it, and its parent was ours. */
async function spanOf(options) {
  exporter.reset()
  const route = await routeOf(createSession, origin, options)
  exporter.reset()
  const session = createSession({ baseURL: origin, ...options })
  const parent = trace.getTracer('app').startSpan('parent')
  const { headers } = await context.with(trace.setSpan(context.active(), parent), () => session.get('/echo', { query: { a: 1 } }))
  const [span] = exporter.getFinishedSpans()
  const { traceId, spanId } = span.spanContext()
  return {
    route,
    span: { name: span.name, kind: span.kind, status: span.status, attributes: span.attributes },
    isSeen: headers.traceparent === `00-${traceId}-${spanId}-01`,
    isChild: traceId === parent.spanContext().traceId && span.parentSpanContext.spanId === parent.spanContext().spanId,
  }
}

const byFetch = await spanOf({ fetch: globalThis.fetch })
const byDefault = await spanOf({})
console.log(JSON.stringify({ byFetch, byDefault }))
