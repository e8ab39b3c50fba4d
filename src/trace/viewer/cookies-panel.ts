/** The cookies of a hop: where those that it sent came from, and where those that it set went. */

import type { Flow, Touch } from './cookie-flow.ts'
import { element } from './elements.ts'
import type { Hop, SetCookie } from './hop.ts'
import { dateWords, placeOf } from './words.ts'

/** What the details need to know of the rest. */
export interface DetailsContext {
  readonly flows: readonly Flow[]
  readonly colourOf: (flow: Flow) => string | undefined
  readonly select: (hop: Hop) => void
}

/** Enough to follow; the lines show them all. */
const MOST_LINKS = 5

/** The cookies of a hop: sent, set and refused, each with where it came from. */
export function cookiesPanel(hop: Hop, context: DetailsContext): HTMLElement[] {
  const taken = hop.set.filter(({ refused }) => refused === '')
  const refused = hop.set.filter((cookie) => cookie.refused !== '')
  if (hop.sent.length + hop.set.length === 0) return [element('p', { class: 'quiet' }, 'No cookie was sent or set.')]
  return [
    ...section(
      'Sent',
      ['Name', 'Value', 'Was set by'],
      hop.sent.map((cookie) => [...nameCells(cookie, hop, context), origin(cookie.name, hop, context)]),
    ),
    ...section(
      'Set',
      ['Name', 'Value', 'Was carried by'],
      taken.map((cookie) => [...nameCells(cookie, hop, context), carriers(cookie, hop, context)]),
    ),
    ...section(
      'Refused',
      ['Name', 'Value', 'Reason'],
      refused.map((cookie) => [...nameCells(cookie, hop, context), prose(cookie.refused)]),
    ),
  ]
}

function section(title: string, columns: readonly string[], rows: readonly (readonly HTMLElement[])[]): HTMLElement[] {
  if (rows.length === 0) return []
  const head = element(
    'tr',
    {},
    columns.map((column) => element('th', { scope: 'col' }, column)),
  )
  const body = rows.map((cells) => element('tr', {}, cells))
  return [
    element('h3', {}, title),
    element('table', { 'aria-label': `Cookies: ${title}` }, element('thead', {}, head), element('tbody', {}, body)),
  ]
}

function nameCells(
  cookie: { readonly name: string; readonly value: string } & Partial<SetCookie>,
  hop: Hop,
  context: DetailsContext,
): HTMLElement[] {
  const flow = flowOf(cookie.name, hop, context.flows)
  const colour = flow && context.colourOf(flow)
  const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' })
  if (colour) swatch.style.setProperty('--lane', colour)
  const about = [
    cookie.domain,
    cookie.path,
    cookie.expires && `until ${dateWords(cookie.expires)}`,
    ...(cookie.flags ?? []),
  ].filter(Boolean)
  const value = element('td', {}, cookie.value, about.length > 0 && element('div', { class: 'quiet' }, about.join(' · ')))
  return [element('th', { scope: 'row' }, colour !== undefined && swatch, cookie.name || "''"), value]
}

function prose(...children: readonly (Node | string)[]): HTMLElement {
  return element('td', { class: 'prose' }, children)
}

function flowOf(name: string, hop: Hop, flows: readonly Flow[]): Flow | undefined {
  return flows.find((flow) => flow.name === name && flow.touches.some((touch) => touch.hop === hop))
}

function touchesAround(name: string, hop: Hop, flows: readonly Flow[]): { readonly before: Touch[]; readonly after: Touch[] } {
  const touches = flowOf(name, hop, flows)?.touches ?? []
  const at = touches.findIndex((touch) => touch.hop === hop)
  return { before: touches.slice(0, at), after: touches.slice(at + 1) }
}

function origin(name: string, hop: Hop, context: DetailsContext): HTMLElement {
  const setter = touchesAround(name, hop, context.flows).before.findLast(({ isSet }) => isSet)
  return prose(setter ? link(setter.hop, context) : 'known before the recording')
}

/** Up to where it is set anew; the request of that response still carried it. */
function carriers({ name }: SetCookie, hop: Hop, context: DetailsContext): HTMLElement {
  const { after } = touchesAround(name, hop, context.flows)
  const next = after.findIndex(({ isSet }) => isSet)
  const carried = (next < 0 ? after : after.slice(0, next + 1)).filter(({ isSent }) => isSent)
  if (carried.length === 0) return prose('no later request')
  const links = carried.slice(0, MOST_LINKS).map((touch) => element('div', {}, link(touch.hop, context)))
  const more = carried.length - links.length
  return prose(...links, ...(more > 0 ? [`and ${more} more`] : []))
}

function link(hop: Hop, { select }: DetailsContext): HTMLElement {
  const button = element('button', { class: 'link', type: 'button', title: hop.url }, `${hop.method} ${placeOf(hop.url).path}`)
  button.addEventListener('click', () => select(hop))
  return button
}
