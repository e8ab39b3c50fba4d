/** The list of calls and their hops, with their times as bars. */

import { element } from './elements.ts'
import type { Hop, Phases } from './hop.ts'
import type { Call } from './recording.ts'
import { duration, type TimeAxis } from './time-axis.ts'
import { callWords, causeWords, isPending, placeOf, sentence, statusClass, statusWords } from './words.ts'

/** The parts of a bar, in order. */
export const PHASES: readonly (keyof Phases)[] = ['queued', 'connecting', 'waiting', 'receiving']

/** The rows, and which row each hop stands in. */
export interface Waterfall {
  readonly list: HTMLElement
  readonly options: ReadonlyMap<Hop, HTMLElement>
  readonly rowOf: ReadonlyMap<Hop, number>
  readonly rows: number
}

interface Setting {
  readonly axis: TimeAxis
  /** Whether to name hosts: there are several. */
  readonly hasHosts: boolean
}

/** A call of one hop is one row; one of several has a row of its own above them. */
export function drawWaterfall(calls: readonly Call[], setting: Setting): Waterfall {
  const options = new Map<Hop, HTMLElement>()
  const rowOf = new Map<Hop, number>()
  let rows = 0
  const groups = calls.map((call) => {
    const isAlone = call.hops.length === 1
    if (!isAlone) rows += 1
    const hops = call.hops.map((hop, at) => {
      const option = hopRow(hop, setting, isAlone, isAlone && at === 0)
      options.set(hop, option)
      rowOf.set(hop, rows)
      rows += 1
      return option
    })
    return element('div', { role: 'group', 'aria-label': `Call ${call.number}` }, !isAlone && callRow(call, setting), hops)
  })
  const list = element('div', { role: 'listbox', 'aria-label': 'Requests', class: 'list' }, groups)
  return { list, options, rowOf, rows }
}

function callRow(call: Call, setting: Setting): HTMLElement {
  const [first] = call.hops
  const span = element('div', { class: 'span' })
  const { axis } = setting
  span.style.left = percent(axis.place(call.start))
  span.style.width = percent(axis.place(call.end) - axis.place(call.start))
  return element(
    'div',
    { class: 'row call is-first', 'aria-hidden': 'true' },
    element('div', { class: 'cell' }, first && name(first, setting), element('span', { class: 'note' }, callWords(call))),
    element('div'),
    element('div'),
    element('div', { class: 'time' }, span),
  )
}

function name({ method, url }: Hop, { hasHosts }: Setting): readonly HTMLElement[] {
  const { host, path } = placeOf(url)
  const shown = element('span', { class: 'path' }, hasHosts && element('span', { class: 'host' }, host), path)
  return [element('span', { class: 'method' }, method), shown]
}

function hopRow(hop: Hop, setting: Setting, isAlone: boolean, isFirst: boolean): HTMLElement {
  const cause = causeWords(hop)
  return element(
    'div',
    {
      class: `row hop${isFirst ? ' is-first' : ''}`,
      role: 'option',
      'aria-selected': 'false',
      'aria-label': sentence(hop),
      tabindex: -1,
    },
    element(
      'div',
      { class: isAlone ? 'cell' : 'cell is-inner', title: hop.url },
      name(hop, setting),
      cause !== '' && element('span', { class: 'tag' }, cause),
    ),
    element('div', { class: `code ${statusClass(hop)}` }, statusWords(hop)),
    element('div'),
    times(hop, setting.axis),
  )
}

function times(hop: Hop, axis: TimeAxis): HTMLElement {
  let at = hop.start
  const shown = PHASES.filter((phase) => hop.phases[phase] > 0)
  const bars = shown.map((phase, index) => {
    const ends = [...(index === 0 ? ['first'] : []), ...(index === shown.length - 1 ? ['last'] : [])]
    const bar = element('div', { class: ['bar', phase, ...ends].join(' ') })
    bar.style.left = percent(axis.place(at))
    at += hop.phases[phase]
    bar.style.width = percent(axis.place(at) - axis.place(at - hop.phases[phase]))
    return bar
  })
  // How long one takes that waits for its answer is not known yet.
  const took = element('span', { class: 'took' }, isPending(hop) && hop.end === hop.start ? '' : duration(hop.end - hop.start))
  took.style.left = percent(axis.place(hop.end))
  return element('div', { class: 'time' }, bars, took)
}

/** A share, from 0 to 1, as CSS has it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`
}
