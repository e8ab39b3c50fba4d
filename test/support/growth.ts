/** Measures how the time of some work grows with its input, as a ratio: a slower or a busier machine gives the same. */

const SAMPLES = 20
/** Milliseconds of CPU time that a sample takes at the least, since the counter is coarse. */
const SAMPLE = 4

/**
 * Milliseconds for each character (or entry) below which work counts as linear: what is cheaper shows the collector of garbage
 * and the allocation of large arrays, whose cost grows in steps. A reader that searches the rest of the text for every character
 * takes more than 1,000 ns for each of 100,000, so that a length below that shows slow readers only.
 */
const CHEAP = 300e-6

/**
 * By how much the time grows when the input gets twice as long: about 2 or less for linear work, 4 for quadratic work.
 *
 * It is the square root of the ratio between two inputs, of half the length and of twice the length: the collector of garbage may
 * add a half to one of them, but does not make 4 times the time look like 16. Each time is the least of some samples of this
 * process's CPU time, taken in turn, so that other work on the machine does not count. Sampling ends as soon as the result is
 * below 3.
 */
export function growth<T>(work: (input: T) => unknown, make: (length: number) => T, length: number): number {
  const short = make(length / 2)
  const long = make(2 * length)
  const repeats = Math.max(1, Math.ceil(SAMPLE / Math.max(0.001, timeOf(work, short, 3))))
  const least = { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY }
  let result = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < SAMPLES && !(result < 3); sample++) {
    least.short = Math.min(least.short, timeOf(work, short, repeats))
    least.long = Math.min(least.long, timeOf(work, long, repeats))
    result = least.long / (2 * length) < CHEAP ? 2 : Math.sqrt(least.long / least.short)
  }
  return result
}

/** Milliseconds of CPU time for one run of several. */
function timeOf<T>(work: (input: T) => unknown, input: T, repeats: number): number {
  const start = process.cpuUsage()
  for (let count = 0; count < repeats; count++) work(input)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / repeats
}
