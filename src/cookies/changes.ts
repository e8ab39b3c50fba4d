/** The `change` event of `session.cookies`, as CookieStore has it. */
import type { CookieChangeEvent, SessionCookie } from './session-cookies.ts'

type Listener = (event: CookieChangeEvent) => void

/** Who listens to a jar's changes, and the telling of them. */
export class CookieChanges {
  readonly #target = new EventTarget()
  readonly #onFirst: (() => void) | undefined
  /** Whether anybody has ever listened; until then no events are made. */
  isHeard = false

  /** @param onFirst called once, when the first listener comes. */
  constructor(onFirst?: () => void) {
    this.#onFirst = onFirst
  }

  add(type: 'change', listener: Listener, options?: { readonly once?: boolean }): void {
    // An EventTarget's listener takes an Event, and ours is given nothing else than its own.
    this.#target.addEventListener(type, listener as EventListener, options)
    if (this.isHeard) return
    this.isHeard = true
    this.#onFirst?.()
  }

  remove(type: 'change', listener: Listener): void {
    this.#target.removeEventListener(type, listener as EventListener)
  }

  tell(changed: readonly SessionCookie[], deleted: readonly SessionCookie[]): void {
    if (!this.isHeard || changed.length + deleted.length === 0) return
    this.#target.dispatchEvent(Object.assign(new Event('change'), { changed, deleted }))
  }
}
