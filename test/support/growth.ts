/** Measures how a parser's time grows, as a ratio: no number of milliseconds that a slower machine would miss. */

const SAMPLES = 20
/** Long enough for the counter of CPU time, in ms. */
const SAMPLE = 4

/**
 * The time for an input of twice the length, over the time for the length: about 2 when it grows with the length, 4 when with
 * its square. Each time is the least of some samples, of CPU time, so that other work on the machine does not count; sampling
 * ends as soon as the ratio is below 3.
 */
export function growth(parse: (text: string) => unknown, make: (length: number) => string, length: number): number {
  const short = make(length)
  const long = make(2 * length)
  const repeats = Math.max(1, Math.ceil(SAMPLE / Math.max(0.001, timeOf(parse, short, 3))))
  const least = { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY }
  for (let sample = 0; sample < SAMPLES && !(least.long / least.short < 3); sample++) {
    least.short = Math.min(least.short, timeOf(parse, short, repeats))
    least.long = Math.min(least.long, timeOf(parse, long, repeats))
  }
  return least.long / least.short
}

/** Milliseconds of CPU time for one run of several. */
function timeOf(parse: (text: string) => unknown, text: string, repeats: number): number {
  const start = process.cpuUsage()
  for (let count = 0; count < repeats; count++) parse(text)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / repeats
}
