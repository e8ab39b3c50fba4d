/** Warnings for failures that no promise reports. */

/** Warns, by `process.emitWarning` or, at the end of the process, by the event itself. */
export function warn(message: string, isAtExit: boolean): void {
  const text = `sessionfetch: ${message}`
  // emitWarning waits for the next tick, and at the end of the process there is none.
  if (isAtExit) process.emit('warning', Object.assign(new Error(text), { name: 'Warning' }))
  else process.emitWarning(text)
}
