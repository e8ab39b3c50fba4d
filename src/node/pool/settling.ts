/**
 * A wait between two requests on one connection.
 *
 * undici frees a connection one turn of the event loop after its response has ended. A call that comes before that would
 * find it busy and open another one: five calls in a row would use two connections.
 */
export class Settling {
  /** Resolves when the connection of the last response is free; `undefined` when there is nothing to wait for. */
  done: Promise<void> | undefined

  /** Notes that a response has ended. */
  begin(): void {
    this.done ??= new Promise((resolve) => {
      // After undici's own setImmediate, which it calls when this callback has returned.
      queueMicrotask(() =>
        setImmediate(() => {
          this.done = undefined
          resolve()
        }),
      )
    })
  }
}
