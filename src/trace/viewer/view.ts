/** One recording on the page: list, lines and details, the filter, and which hop is selected. */

import { type Flow, findFlows } from './cookie-flow.ts'
import { detailsIn } from './details.ts'
import { byId, element } from './elements.ts'
import { type Hop, hostOf } from './hop.ts'
import { moveSelection } from './keyboard.ts'
import { chooseLanes, colourOf, drawLanes, laneNames, lanesWidth } from './lanes.ts'
import type { Call, Recording } from './recording.ts'
import { duration, type TimeAxis, timeAxis, wholeSpan } from './time-axis.ts'
import { drawWaterfall, percent, type Waterfall } from './waterfall.ts'
import { sentence } from './words.ts'

/** What is undone when another recording takes the page. */
let leave = () => {}

/** Shows a recording in place of what is shown. */
export function showRecording(recording: Recording, name: string): void {
  leave()
  const controller = new AbortController()
  leave = () => controller.abort()
  const view = new View(recording)
  const filter = byId('filter') as HTMLInputElement
  filter.hidden = false
  filter.value = ''
  filter.addEventListener('input', () => view.draw(filter.value), { signal: controller.signal })
  document.addEventListener('keydown', (event) => view.onKey(event, filter), { signal: controller.signal })
  byId('summary').textContent = summary(recording, name)
  document.title = name === '' ? 'Trace viewer' : `${name} · Trace viewer`
  view.draw('')
}

function summary({ calls, hops }: Recording, name: string): string {
  const plural = (count: number, word: string) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
  const { start, end } = wholeSpan(hops)
  return [
    ...(name === '' ? [] : [name]),
    plural(calls.length, 'call'),
    plural(hops.length, 'request'),
    duration(end - start),
  ].join(' · ')
}

class View {
  readonly #recording: Recording
  readonly #flows: readonly Flow[]
  readonly #lanes: readonly Flow[]
  readonly #showDetails: (hop: Hop) => void
  #waterfall: Waterfall | undefined
  #groups: readonly SVGElement[] = []
  #selected: Hop | undefined
  #brought: Flow | undefined

  constructor(recording: Recording) {
    this.#recording = recording
    this.#flows = findFlows(recording.hops)
    this.#lanes = chooseLanes(this.#flows)
    const select = (hop: Hop) => this.select(hop, true)
    this.#showDetails = detailsIn(byId('details'), { flows: this.#flows, colourOf: (flow) => this.#colourOf(flow), select })
  }

  #colourOf(flow: Flow): string | undefined {
    const at = this.#lanes.indexOf(flow)
    return at < 0 ? undefined : colourOf(at)
  }

  /** Draws the calls that match; a call is shown whole. */
  draw(filter: string): void {
    const { calls, hops } = this.#recording
    const shown = calls.filter((call) => matches(call, filter.trim().toLowerCase()))
    const axis = timeAxis(shown.flatMap((call) => call.hops))
    const hasHosts = new Set(hops.map(({ url }) => hostOf(url))).size > 1
    const waterfall = drawWaterfall(shown, { axis, hasHosts })
    const svg = drawLanes(this.#lanes, (hop) => waterfall.rowOf.get(hop), waterfall.rows)
    this.#waterfall = waterfall
    this.#groups = [...svg.children] as SVGElement[]
    const hidden = this.#flows.length - this.#lanes.length
    document.documentElement.style.setProperty('--lanes', `${lanesWidth(this.#lanes, hidden)}px`)
    byId('columns').replaceChildren(...this.#columns(axis, hidden))
    byId('rows').replaceChildren(waterfall.list, svg)
    byId('nothing').hidden = shown.length > 0
    for (const [hop, option] of waterfall.options) option.addEventListener('click', () => this.select(hop, true))
    const first = shown[0]?.hops[0]
    const kept = this.#selected && waterfall.options.has(this.#selected) ? this.#selected : first
    if (kept) this.select(kept, false)
  }

  #columns(axis: TimeAxis, hidden: number): HTMLElement[] {
    const marks = axis.marks.map(({ at, label, isCut }) => {
      const mark = element(
        'span',
        { class: isCut ? 'mark is-cut' : 'mark', title: isCut ? 'nothing happened before this; the time is cut out' : undefined },
        label,
      )
      mark.style.left = percent(at)
      return mark
    })
    return [
      element('div', { class: 'column' }, 'Request'),
      element('div', { class: 'column status' }, 'Status'),
      laneNames(this.#lanes, hidden, (flow, button) => this.#bringOut(flow, button)),
      element('div', { class: 'axis', 'aria-hidden': 'true' }, marks),
    ]
  }

  select(hop: Hop, hasFocus: boolean): void {
    const option = this.#waterfall?.options.get(hop)
    if (!option) return
    for (const other of this.#waterfall?.options.values() ?? []) {
      const isSelected = other === option
      other.setAttribute('aria-selected', String(isSelected))
      other.tabIndex = isSelected ? 0 : -1
    }
    this.#selected = hop
    this.#showDetails(hop)
    this.#bringOutFlows()
    if (hasFocus) option.focus()
    option.scrollIntoView({ block: 'nearest' })
  }

  #bringOut(flow: Flow, button: HTMLElement): void {
    const isOn = this.#brought === flow
    this.#brought = isOn ? undefined : flow
    for (const other of button.parentElement?.querySelectorAll('button') ?? []) {
      other.setAttribute('aria-pressed', String(other === button && !isOn))
    }
    this.#bringOutFlows()
  }

  /** The cookie that was chosen, else those of the selected hop. */
  #bringOutFlows(): void {
    const strong = this.#lanes.map((flow) =>
      this.#brought ? flow === this.#brought : flow.touches.some(({ hop }) => hop === this.#selected),
    )
    for (const [at, group] of this.#groups.entries()) group.classList.toggle('is-strong', strong[at] === true)
    byId('rows').classList.toggle('has-focus', strong.includes(true))
  }

  onKey(event: KeyboardEvent, filter: HTMLInputElement): void {
    const target = event.target as Element
    if (event.key === '/' && target !== filter) {
      filter.focus()
      event.preventDefault()
    } else if (event.key === 'Escape') {
      const option = this.#selected && this.#waterfall?.options.get(this.#selected)
      option?.focus()
    } else if (target.role === 'option' && this.#selected) {
      moveSelection(event, [...(this.#waterfall?.options.keys() ?? [])], this.#selected, (hop) => this.select(hop, true))
    }
  }
}

function matches({ hops }: Call, filter: string): boolean {
  return filter === '' || hops.some((hop) => `${sentence(hop)} ${hop.url} ${hop.status}`.toLowerCase().includes(filter))
}
