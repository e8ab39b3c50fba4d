/** Entries for the tests of what is made of them, and a session that is traced, over a fetch in memory. */
import { createSession, type SessionOptions } from '../../src/index.ts'
import type { TraceEntry, TraceHop } from '../../src/trace/entry.ts'
import type { TraceOptions } from '../../src/trace/settings.ts'
import { traceBy } from '../../src/trace/trace.ts'
import { type Answers, memory } from '../support/memory.ts'

/** A clock that moves by a millisecond each time it is asked, from 2026-01-01. */
export function steppingClock() {
  let now = 0
  return {
    now: () => {
      now += 1
      return now
    },
    dateOf: (at: number) => Date.UTC(2026, 0, 1) + at,
  }
}

export function traced(answers: Answers = () => ({}), options: TraceOptions = {}, session: SessionOptions = {}) {
  const t = traceBy(options, steppingClock())
  const { fetch, sent } = memory(answers)
  return { t, sent, session: createSession({ baseURL: 'https://shop.example', fetch, ...session, ...t.options }) }
}

/** The only entry, or a clear failure. */
export function only<T>(list: readonly T[] | undefined): T {
  if (list?.length !== 1) throw new Error(`expected one, got ${list?.length}`)
  return list[0] as T
}

export const hopsOfOnly = (entries: readonly TraceEntry[]): readonly TraceHop[] =>
  only(entries).attempts.flatMap(({ hops }) => hops)

/** A hop as a literal, with what a test is about. */
export function hop(parts: {
  readonly request?: Partial<TraceHop['request']>
  readonly response?: Partial<NonNullable<TraceHop['response']>> | null
  readonly cause?: TraceHop['cause']
  readonly error?: string
}): TraceHop {
  const response = { status: 200, statusText: 'OK', headers: [], cookies: [], redirectURL: '', bytes: 0, ...parts.response }
  return {
    cause: parts.cause ?? 'call',
    transport: undefined,
    started: Date.UTC(2026, 0, 1),
    request: { method: 'GET', url: 'https://shop.example/cart', headers: [], cookies: [], hasBody: false, ...parts.request },
    response: parts.response === null ? undefined : response,
    error: parts.error,
    timings: { queued: 0, waiting: 12, receiving: 3 },
  }
}

export function entry(hops: readonly TraceHop[], parts: Partial<TraceEntry> = {}): TraceEntry {
  return {
    id: 1,
    method: 'GET',
    url: 'https://shop.example/cart',
    started: Date.UTC(2026, 0, 1),
    state: 'done',
    status: 200,
    error: undefined,
    timings: { queued: 0, waiting: 20, receiving: 3 },
    attempts: [{ hops, retried: undefined }],
    refreshes: [],
    ...parts,
  }
}
