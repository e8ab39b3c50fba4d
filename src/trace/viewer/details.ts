/** The selected hop: its request, its response, its cookies, as three tabs. */

import { cookiesPanel, type DetailsContext } from './cookies-panel.ts'
import { element } from './elements.ts'
import type { Body, Hop, Pair } from './hop.ts'
import { duration } from './time-axis.ts'
import { PHASES } from './waterfall.ts'
import { causeWords, isPending, statusClass, statusWords } from './words.ts'

const TABS = ['Request', 'Response', 'Cookies'] as const
type Tab = (typeof TABS)[number]

/** Longer bodies would hold the page up. */
const MOST_CHARACTERS = 200_000

/** Draws the details of hops into a place, and remembers which tab was open. */
export function detailsIn(place: HTMLElement, context: DetailsContext): (hop: Hop) => void {
  let open: Tab = 'Request'
  return (hop) => {
    const panels: Readonly<Record<Tab, () => HTMLElement[]>> = {
      Request: () => requestPanel(hop),
      Response: () => responsePanel(hop),
      Cookies: () => cookiesPanel(hop, context),
    }
    const count = hop.sent.length + hop.set.length
    const panel = element('div', { class: 'panel', role: 'tabpanel', id: 'panel', 'aria-labelledby': `tab-${open}` })
    const tabs = TABS.map((tab) => tabButton(tab, tab === 'Cookies' && count > 0 ? `Cookies (${count})` : tab))
    const show = (tab: Tab) => {
      open = tab
      for (const button of tabs) {
        const isOpen = button.id === `tab-${tab}`
        button.setAttribute('aria-selected', String(isOpen))
        button.tabIndex = isOpen ? 0 : -1
      }
      panel.setAttribute('aria-labelledby', `tab-${tab}`)
      panel.replaceChildren(...panels[tab]())
    }
    for (const [at, button] of tabs.entries()) {
      button.addEventListener('click', () => show(TABS[at] ?? 'Request'))
      button.addEventListener('keydown', (event) => moveAmong(tabs, at, event))
    }
    show(open)
    place.replaceChildren(...head(hop), element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Details' }, tabs), panel)
    place.scrollTop = 0
  }
}

function tabButton(tab: Tab, label: string): HTMLButtonElement {
  return element('button', { class: 'tab', role: 'tab', type: 'button', id: `tab-${tab}`, 'aria-controls': 'panel' }, label)
}

/** ARIA Authoring Practices, "Tabs": the arrows move, and the tab opens at once. */
function moveAmong(tabs: readonly HTMLElement[], at: number, event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (step === undefined) return
  const next = tabs[(at + step + tabs.length) % tabs.length]
  next?.click()
  next?.focus()
  event.preventDefault()
}

function head(hop: Hop): HTMLElement[] {
  const { method, url, error, statusText, transport, retried } = hop
  const cause = causeWords(hop)
  const facts = [
    element('span', { class: `code ${statusClass(hop)}` }, `${statusWords(hop)} ${statusText}`.trim()),
    element('span', {}, duration(hop.end - hop.start)),
    cause !== '' && element('span', {}, cause),
    transport !== '' && element('span', {}, `by ${transport}`),
    retried !== '' && element('span', {}, `tried again after ${retried}`),
  ]
  const bar = element('div', { class: 'phases', 'aria-hidden': 'true' })
  for (const phase of PHASES) {
    const part = element('div', { class: phase })
    part.style.flexGrow = String(hop.phases[phase])
    if (hop.phases[phase] > 0) bar.append(part)
  }
  const legend = PHASES.filter((phase) => hop.phases[phase] > 0).map((phase) => {
    const entry = element('span', {}, `${phase} ${duration(hop.phases[phase])}`)
    entry.style.setProperty('--swatch', `var(--${phase})`)
    return entry
  })
  return [
    element('h2', {}, `${method} ${url}`),
    element('p', { class: 'facts' }, facts),
    ...(error === '' ? [] : [element('p', { class: 'error' }, error)]),
    bar,
    element('p', { class: 'legend' }, legend),
  ]
}

function requestPanel({ url, requestHeaders, requestBody, cause }: Hop): HTMLElement[] {
  if (cause === 'unsent') return [element('p', { class: 'quiet' }, 'Nothing was sent.')]
  const query = URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []
  return [
    ...(query.length === 0 ? [] : [heading('Query'), pairsTable('Query', query)]),
    heading('Headers'),
    pairsTable('Request headers', requestHeaders),
    ...(requestBody ? [heading('Body'), ...bodyParts(requestBody)] : []),
  ]
}

function responsePanel(hop: Hop): HTMLElement[] {
  const { status, responseHeaders, responseBody, redirectURL, cause } = hop
  if (status === 0)
    return [element('p', { class: 'quiet' }, isPending(hop) ? 'There is no response yet.' : 'There was no response.')]
  if (cause === 'unsent') return [element('p', { class: 'quiet' }, 'It came from an interceptor, not from the network.')]
  return [
    ...(redirectURL === '' ? [] : [heading('Redirects to'), element('p', { class: 'mono' }, redirectURL)]),
    heading('Headers'),
    pairsTable('Response headers', responseHeaders),
    heading('Body'),
    ...bodyParts(responseBody),
  ]
}

function heading(text: string): HTMLElement {
  return element('h3', {}, text)
}

function pairsTable(label: string, pairs: readonly Pair[]): HTMLElement {
  if (pairs.length === 0) return element('p', { class: 'quiet' }, 'none')
  const rows = pairs.map(({ name, value }) => element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)))
  return element('table', { 'aria-label': label }, element('tbody', {}, rows))
}

function bodyParts({ mimeType, text, isBase64, size, isCut }: Body): HTMLElement[] {
  const kind = mimeType === '' || mimeType === 'x-unknown' ? '' : `${mimeType}, `
  const bytes = `${kind}${size.toLocaleString('en')} bytes${isCut ? ', cut' : ''}`
  if (size === 0 && !text) return [element('p', { class: 'quiet' }, 'empty')]
  if (text === undefined) return [element('p', { class: 'quiet' }, `${bytes}, not recorded`)]
  if (isBase64) return [element('p', { class: 'quiet' }, `${bytes}, not text`)]
  const shown = pretty(text.slice(0, MOST_CHARACTERS), mimeType)
  return [element('p', { class: 'quiet' }, bytes), element('pre', { class: 'body', tabindex: 0, 'aria-label': 'Body' }, shown)]
}

function pretty(text: string, mimeType: string): string {
  if (!/[/+]json\b/i.test(mimeType)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
