/**
 * The callbacks of undici's dispatchers. There are two sets: the newer one, of undici 7 and 8, and the older one, which the
 * platform's own dispatcher takes up to undici 7. Both lead to the same steps of a {@link Handler}.
 */
import { Handler } from './handler.ts'
import type { Controller } from './incoming.ts'
import type { Fields } from './lazy-headers.ts'
import { parseFields, type RawField } from './raw-fields.ts'

/** The newer callbacks, of undici 7 and 8. */
export class CurrentHandler extends Handler {
  onRequestStart(controller: Controller): void {
    this.begin(controller)
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, statusText?: string): void {
    this.head(controller, status, fields, statusText)
  }

  onResponseData(_: Controller, chunk: Uint8Array): void {
    this.data(chunk)
  }

  onResponseEnd(): void {
    this.end()
  }

  onResponseError(_: Controller | undefined, error: Error): void {
    this.fail(error)
  }
}

/** The older callbacks, of undici up to 7. The handler is its own controller, over the functions that come with the callbacks. */
export class LegacyHandler extends Handler implements Controller {
  #isPaused = false
  #continue: (() => void) | undefined
  #cancel: ((reason: Error) => void) | undefined

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#continue?.()
  }

  abort(reason: Error): void {
    this.#cancel?.(reason)
  }

  onConnect(cancel: (reason: Error) => void): void {
    this.#cancel = cancel
    this.begin(this)
  }

  onHeaders(status: number, raw: readonly RawField[], resume: () => void, statusText?: string): boolean {
    this.#continue = resume
    if (status >= 200) this.head(this, status, parseFields(raw), statusText)
    return !this.#isPaused
  }

  onData(chunk: Uint8Array): boolean {
    this.data(chunk)
    return !this.#isPaused
  }

  onComplete(): void {
    this.end()
  }

  onError(error: Error): void {
    this.fail(error)
  }
}
