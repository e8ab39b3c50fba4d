/** The cookie flow as lines: a lane for each cookie, a dot where a response set it, a ring where a request carried it. */

import type { Flow, Touch } from './cookie-flow.ts'
import { drawing, element } from './elements.ts'
import type { Hop } from './hop.ts'

/** Pixels. */
const LANE = 16
const MARGIN = 6
const ROW = 30
/** More would leave no room for the times. */
const MOST_LANES = 16
/** Colours of the style sheet. */
const COLOURS = 8

/** The lanes that are shown: those with most to show, in the order in which they begin. */
export function chooseLanes(flows: readonly Flow[]): readonly Flow[] {
  const byWeight = [...flows].sort((one, other) => other.touches.length - one.touches.length)
  const chosen = new Set(byWeight.slice(0, MOST_LANES))
  return flows.filter((flow) => chosen.has(flow))
}

/** The width in px that the lines of the cookies take. */
export function lanesWidth(lanes: readonly Flow[], hidden: number): number {
  return lanes.length === 0 ? 0 : lanes.length * LANE + MARGIN * 3 + (hidden > 0 ? LANE : 0)
}

/** The colour of a lane; after the last one the first comes again. */
export const colourOf = (at: number) => `var(--lane-${at % COLOURS})`

/** The names above the lanes: buttons that bring one out. */
export function laneNames(
  lanes: readonly Flow[],
  hidden: number,
  onChoose: (flow: Flow, button: HTMLElement) => void,
): HTMLElement {
  const buttons = lanes.map((flow, at) => {
    const button = element(
      'button',
      { class: 'lane', type: 'button', 'aria-pressed': 'false', title: titleOf(flow) },
      flow.name || "''",
    )
    button.setAttribute('aria-label', titleOf(flow))
    button.style.setProperty('--lane', colourOf(at))
    button.addEventListener('click', () => onChoose(flow, button))
    return button
  })
  const more =
    hidden > 0 && element('span', { class: 'lane-more', title: `${hidden} more cookies, in the details` }, `+${hidden}`)
  return element('div', { class: 'lanes', role: 'group', 'aria-label': 'Cookies' }, buttons, more)
}

function titleOf({ name, domain, touches }: Flow): string {
  const count = (is: (touch: Touch) => boolean) => touches.filter(is).length
  const refused = count(({ isRefused }) => isRefused)
  const parts = [
    `set ${count(({ isSet }) => isSet)} times`,
    `carried ${count(({ isSent }) => isSent)} times`,
    ...(refused > 0 ? [`refused ${refused} times`] : []),
  ]
  return `Cookie ${name || 'without a name'} of ${domain}: ${parts.join(', ')}`
}

/** Draws the lanes over the rows; `rowOf` says in which row a hop stands, if it is shown. */
export function drawLanes(lanes: readonly Flow[], rowOf: (hop: Hop) => number | undefined, rows: number): SVGSVGElement {
  const groups = lanes.map((flow, at) => {
    const group = drawing('g', { class: 'flow' }, ...drawFlow(flow, at, rowOf))
    group.style.setProperty('--lane', colourOf(at))
    return group
  })
  const size = { width: lanesWidth(lanes, 0), height: rows * ROW }
  return drawing('svg', { class: 'flows', 'aria-hidden': 'true', ...size }, groups)
}

interface Placed extends Touch {
  readonly y: number
}

function drawFlow({ touches }: Flow, at: number, rowOf: (hop: Hop) => number | undefined): SVGElement[] {
  const x = MARGIN + LANE / 2 + at * LANE
  const placed = touches.flatMap((touch): Placed[] => {
    const row = rowOf(touch.hop)
    return row === undefined ? [] : [{ ...touch, y: row * ROW + ROW / 2 }]
  })
  return [...linesBetween(placed, x), ...placed.flatMap((touch) => symbolsOf(touch, x))]
}

/** A line leads from where a cookie was set, or first seen, to where it was carried next; none from where it ended. */
function linesBetween(touches: readonly Placed[], x: number): SVGElement[] {
  const lines: SVGElement[] = []
  let from: Placed | undefined
  let isKnown = false
  for (const touch of touches) {
    const isStep = touch.isSent || (touch.isSet && from !== undefined)
    if (from && isStep)
      lines.push(drawing('line', { x1: x, x2: x, y1: from.y, y2: touch.y, class: isKnown ? 'known' : 'unknown' }))
    if (touch.isSet) isKnown = true
    if (touch.isSent || touch.isSet) from = touch.isEnded ? undefined : touch
  }
  return lines
}

function symbolsOf({ isSent, isSet, isRefused, isEnded, y }: Placed, x: number): SVGElement[] {
  const symbols: SVGElement[] = []
  if (isSent) symbols.push(drawing('circle', { class: 'sent', cx: x, cy: y, r: isSet ? 6 : 4 }))
  if (isSet && !isEnded) symbols.push(drawing('circle', { class: 'set', cx: x, cy: y, r: isSent ? 3 : 4.5 }))
  if (isEnded) symbols.push(drawing('path', { class: 'end', d: `M${x - 5} ${y + 1} h10` }))
  if (isRefused) symbols.push(drawing('path', { class: 'refused', d: `M${x - 4} ${y - 4} l8 8 m0 -8 l-8 8` }))
  return symbols
}
