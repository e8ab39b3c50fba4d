/**
 * Where a moment stands on the time axis. A session may rest for hours between two calls, which would make every bar a dot:
 * longer rests are cut out, and marked.
 */

/** A stretch of time, in ms. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A mark on the axis, at a share of its width. */
export interface Mark {
  readonly at: number
  readonly label: string
  /** Time was cut out here. */
  readonly isCut: boolean
}

/** Where on the width a moment stands. */
export interface TimeAxis {
  /** The share of the width, from 0 to 1, at which a moment stands. */
  place(moment: number): number
  readonly marks: readonly Mark[]
}

/** A rest is cut when it is longer than this share of the time in which something happened, and than a second. */
const LONGEST_REST = 0.25
const SHORTEST_CUT = 1000
/** Share of the busy time that a cut takes up. */
const CUT_WIDTH = 0.04
/** About so many marks fit beside one another. */
const MARKS = 5

/** From the first start to the last end. Not by `Math.min(...)`: a function takes only so many arguments. */
export function wholeSpan(spans: readonly Span[]): Span {
  const none = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY }
  return spans.reduce((whole, { start, end }) => ({ start: Math.min(whole.start, start), end: Math.max(whole.end, end) }), none)
}

/** Makes an axis that covers all spans. */
export function timeAxis(spans: readonly Span[]): TimeAxis {
  const busy = join(spans)
  const active = busy.reduce((sum, { start, end }) => sum + end - start, 0)
  const longest = Math.max(SHORTEST_CUT, active * LONGEST_REST)
  const parts = mergeClose(busy, longest)
  const shown = parts.reduce((sum, { start, end }) => sum + end - start, 0)
  const gap = parts.length > 1 ? shown * CUT_WIDTH : 0
  const total = shown + gap * (parts.length - 1) || 1
  const offsets = offsetsOf(parts, gap)

  function place(moment: number): number {
    const last = lastBefore(parts, moment)
    const part = parts[last]
    if (!part) return 0
    return Math.min(1, ((offsets[last] ?? 0) + Math.min(moment - part.start, part.end - part.start)) / total)
  }
  return { place, marks: marksOf(parts, place, shown) }
}

/** The last part that has begun by then, or -1: found by halves, since each bar of thousands asks. */
function lastBefore(parts: readonly Span[], moment: number): number {
  let [low, high] = [-1, parts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((parts[middle]?.start ?? 0) <= moment) low = middle
    else high = middle - 1
  }
  return low
}

/** Spans that overlap, as one. */
function join(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    const last = joined.at(-1)
    if (last && span.start <= last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}

function mergeClose(spans: readonly Span[], longest: number): Span[] {
  const parts: Span[] = []
  for (const span of spans) {
    const last = parts.at(-1)
    if (last && span.start - last.end <= longest) parts[parts.length - 1] = { start: last.start, end: span.end }
    else parts.push(span)
  }
  return parts
}

function offsetsOf(parts: readonly Span[], gap: number): number[] {
  let offset = 0
  return parts.map(({ start, end }) => {
    const own = offset
    offset += end - start + gap
    return own
  })
}

/** Round numbers of milliseconds since the first span, and the beginning of each part. */
function marksOf(parts: readonly Span[], place: (moment: number) => number, shown: number): Mark[] {
  const zero = parts[0]?.start ?? 0
  const step = roundStep(shown / MARKS)
  const marks = parts.flatMap((part, at) => {
    const begin = Math.ceil((part.start - zero) / step) * step
    const ticks: Mark[] = at === 0 ? [] : [mark(part.start, true)]
    for (let ms = begin; zero + ms < part.end && ticks.length <= MARKS + 1; ms += step) ticks.push(mark(zero + ms, false))
    return ticks
  })
  return apart(marks)

  function mark(moment: number, isCut: boolean): Mark {
    return { at: place(moment), label: duration(moment - zero), isCut }
  }
}

/** Labels must not lie over one another; a cut counts more than a round number. */
function apart(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks) {
    const last = kept.at(-1)
    if (!last || mark.at - last.at >= 0.5 / MARKS) kept.push(mark)
    else if (mark.isCut && !last.isCut) kept[kept.length - 1] = mark
  }
  return kept
}

function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(about, 0.1)))
  return ([1, 2, 5].find((digit) => digit * power >= about) ?? 10) * power
}

/** Milliseconds in the words of a person. */
export function duration(ms: number): string {
  if (ms < 1) return ms <= 0 ? '0 ms' : '< 1 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${trim(ms / 1000)} s`
  if (ms < 3_600_000) return `${trim(ms / 60_000)} min`
  return ms < 172_800_000 ? `${trim(ms / 3_600_000)} h` : `${trim(ms / 86_400_000)} days`
}

function trim(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1).replace(/\.?0+$/, '')
}
