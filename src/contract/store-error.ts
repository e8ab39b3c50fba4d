/** The error of stores: of those of `sessionfetch/stores`, and of a jar that cannot read what a store has given. */

import { recognise } from './kind.ts'

/**
 * Why a store failed. `damaged`: it cannot be read as a jar. `foreign`: it is somebody else's file. `newer`: a later version
 * wrote it. `encrypted`: it needs a key. `wrong-key`: the key does not open it, or it was altered. `locked`: another process
 * holds it. `unwritable`: permission, disk full, read-only, a folder. `unavailable`: Redis does not answer.
 */
export type StoreErrorCode = 'damaged' | 'foreign' | 'newer' | 'encrypted' | 'wrong-key' | 'locked' | 'unwritable' | 'unavailable'

/**
 * Is thrown when a store cannot be read or written; `code` says why. The message has the path or host, never a cookie's value
 * or a key.
 *
 * @example
 * ```ts
 * await session.fetch('/me').catch((error) => {
 *   if (error instanceof StoreError && error.code === 'wrong-key') return askForTheKey()
 *   throw error
 * })
 * ```
 */
export class StoreError extends Error {
  /** What is wrong, for programs. */
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    Object.defineProperty(this, 'name', { value: 'StoreError', configurable: true, writable: true })
  }
}

// `instanceof` also holds for the errors of the CommonJS build.
recognise({ StoreError })
