/**
 * What the shared specs use of vitest, for runtimes in which vitest does not run: Bun, Deno, workers, old and new Node, any
 * browser. The matcher is vitest's own. A bundle for a runtime has this file in vitest's place, and calls {@link run}.
 */
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'

type Work = () => unknown
type Titled = (title: string, work: Work) => void

interface Suite {
  readonly titles: readonly string[]
  readonly before: Work[]
  readonly after: Work[]
  readonly parent: Suite | undefined
}

interface Test {
  readonly title: string
  readonly work: Work
  readonly suite: Suite
}

export interface Outcome {
  readonly title: string
  readonly error?: string
}

/** Values that the script which made the bundle has put in front of it. */
const { provided } = (globalThis as unknown as { E2E: { provided: Readonly<Record<string, string>> } }).E2E

/** Milliseconds for one test. */
const LIMIT_MS = 120_000
/** How often `expect.poll` asks, and the milliseconds in between. */
const POLLS = 400
const POLL_MS = 25
const tests: Test[] = []
let suite: Suite = newFile()

/** Begins a file, whose hooks are for its own tests. */
export function beginFile(): void {
  suite = newFile()
}

function newFile(): Suite {
  return { titles: [], before: [], after: [], parent: undefined }
}

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = Object.assign(chai.expect, { poll })
export const inject = (name: string): string => provided[name] ?? ''
export const describe = withEach((title, work) => {
  const outer = suite
  suite = { titles: [...outer.titles, title], before: [], after: [], parent: outer }
  work()
  suite = outer
})
export const test = withEach((title, work) => {
  tests.push({ title: [...suite.titles, title].join(' › '), work, suite })
})
export const beforeEach = (work: Work): unknown => suite.before.push(work)
export const afterEach = (work: Work): unknown => suite.after.push(work)

/** `describe.each` and `test.each`, for rows that are lists or values, with `%s`, `%j` and `$name` in titles. */
function withEach(add: Titled) {
  const each = (rows: readonly unknown[]) => (title: string, work: (...row: never[]) => unknown) => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row]
      add(titleOf(title, values), () => work(...(values as never[])))
    }
  }
  return Object.assign(add, { each })
}

function titleOf(title: string, values: readonly unknown[]): string {
  const left = [...values]
  return title
    .replace(/%[sj]/g, (code) => {
      const value = left.shift()
      return code === '%j' ? JSON.stringify(value) : String(value)
    })
    .replace(/\$(\w+)/g, (_, name) => String((values[0] as Record<string, unknown>)[name]))
}

/** `expect.poll(get).toEqual(…)`: asks until it holds. */
function poll(get: Work) {
  return new Proxy({} as Record<string, (...args: unknown[]) => Promise<void>>, {
    get:
      (_, matcher: string) =>
      async (...args: unknown[]) => {
        for (let tries = 1; ; tries++) {
          try {
            const assertion = chai.expect(await get()) as unknown as Record<string, (...args: unknown[]) => unknown>
            return void (await assertion[matcher]?.(...args))
          } catch (error) {
            if (tries === POLLS) throw error
            await new Promise((resolve) => setTimeout(resolve, POLL_MS))
          }
        }
      },
  })
}

/** Runs all tests, one after another, and tells of each as it ends. */
export async function run(tell: (outcome: Outcome) => unknown): Promise<void> {
  for (const one of tests) await tell(await outcomeOf(one))
}

async function outcomeOf({ title, work, suite: own }: Test): Promise<Outcome> {
  const suites: Suite[] = []
  for (let at: Suite | undefined = own; at; at = at.parent) suites.unshift(at)
  try {
    for (const { before } of suites) for (const each of before) await each()
    await inTime(work)
    for (const { after } of suites.reverse()) for (const each of after) await each()
    return { title }
  } catch (error) {
    const { message, stack } = Object(error)
    return { title, error: String(stack?.includes(message) ? stack : `${message}\n${stack}`).slice(0, 2000) }
  }
}

async function inTime(work: Work): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${LIMIT_MS} ms`)), LIMIT_MS)
  })
  try {
    await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
