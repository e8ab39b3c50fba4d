/** The `change` event of `session.cookies`, as CookieStore has it. */
import type { SessionCookie, SessionCookies } from './session-cookies.ts'

/** The listeners to the changes of a jar. */
export class CookieChanges {
  readonly #target = new EventTarget()
  /** Whether anybody has ever listened; until then no events are made. */
  isHeard = false
  /** What `session.cookies` has of it. */
  readonly members: Pick<SessionCookies, 'addEventListener' | 'removeEventListener'>

  /** @param onFirst called once, when the first listener comes. */
  constructor(onFirst?: () => void) {
    // An EventTarget's listener takes an Event, and ours is given nothing else than its own.
    this.members = {
      addEventListener: (type, listener, options) => {
        this.#target.addEventListener(type, listener as EventListener, options)
        if (!this.isHeard) onFirst?.()
        this.isHeard = true
      },
      removeEventListener: (type, listener) => this.#target.removeEventListener(type, listener as EventListener),
    }
  }

  tell(changed: readonly SessionCookie[], deleted: readonly SessionCookie[]): void {
    if (!this.isHeard || changed.length + deleted.length === 0) return
    this.#target.dispatchEvent(Object.assign(new Event('change'), { changed, deleted }))
  }
}
