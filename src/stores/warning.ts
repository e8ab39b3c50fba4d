/** Says that something went wrong where nobody asks. */

export function warn(message: string, isAtExit: boolean): void {
  const text = `sessionfetch: ${message}`
  // emitWarning waits for the next tick, and at the end there is none any more.
  if (isAtExit) process.emit('warning', Object.assign(new Error(text), { name: 'Warning' }))
  else process.emitWarning(text)
}
