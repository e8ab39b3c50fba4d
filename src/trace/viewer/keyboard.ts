/** The keys of the list: ARIA Authoring Practices, "Listbox", where the selection follows the focus. */

import { byId } from './elements.ts'
import type { Hop } from './hop.ts'

const PAGE = 10

const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  PageDown: (at, last) => Math.min(at + PAGE, last),
  PageUp: (at) => Math.max(at - PAGE, 0),
  Home: () => 0,
  End: (_, last) => last,
}

/** Moves along the hops; Enter and the right arrow lead to the details. */
export function moveSelection(event: KeyboardEvent, hops: readonly Hop[], selected: Hop, select: (hop: Hop) => void): void {
  if (event.key === 'Enter' || event.key === 'ArrowRight') {
    byId('details').querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
    event.preventDefault()
    return
  }
  const step = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined
  const next = step && hops[step(hops.indexOf(selected), hops.length - 1)]
  if (!next) return
  select(next)
  event.preventDefault()
}
