/** The start of a bundle: runs the specs, and posts what came of each to the script that started it. */
import type { Outcome } from './vitest.ts'
import { run } from './vitest.ts'

const { report } = (globalThis as unknown as { E2E: { report: string } }).E2E
/** The platform's own fetch, kept since a spec may replace it. */
const { fetch } = globalThis

async function post(message: Outcome | { readonly end: true; readonly error?: string }): Promise<void> {
  const response = await fetch(report, { method: 'POST', body: JSON.stringify(message) })
  await response.arrayBuffer()
}

/** Where the platform lets a script run on its own this is called at once, elsewhere by an event. */
export async function start(): Promise<void> {
  try {
    await run(post)
    await post({ end: true })
  } catch (error) {
    await post({ end: true, error: String(error) })
  }
}
