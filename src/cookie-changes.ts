/** The `change` event of `session.cookies`, as CookieStore has it. */
import type { CookieChangeEvent, SessionCookie } from './cookies.ts'

type Listener = (event: CookieChangeEvent) => void

export class CookieChanges {
  readonly #target = new EventTarget()
  /** Counted, so that nobody makes events that nobody hears. */
  #listeners = new Set<Listener>()

  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  add(type: 'change', listener: Listener): void {
    this.#listeners.add(listener)
    this.#target.addEventListener(type, listener as never)
  }

  remove(type: 'change', listener: Listener): void {
    this.#listeners.delete(listener)
    this.#target.removeEventListener(type, listener as never)
  }

  tell(changed: readonly SessionCookie[], deleted: readonly SessionCookie[]): void {
    this.#target.dispatchEvent(Object.assign(new Event('change'), { changed, deleted }))
  }
}
