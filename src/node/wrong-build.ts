/** The warning of a page that was given this build: its jar never sees a Set-Cookie there, which no call would tell. */

let isTold = false

/** Warns once where there is a page and no process, as a bundle without the condition `browser` has it. Not in jsdom. */
export function warnInPage(): void {
  const { document, process } = globalThis as { document?: unknown; process?: { versions?: Readonly<Record<string, string>> } }
  if (isTold || document === undefined || process?.versions?.node !== undefined) return
  isTold = true
  console.warn(
    'sessionfetch: this page has the build for servers, whose jar sees no cookies here: let the bundler resolve the condition' +
      ' "browser" (Rollup: nodeResolve({ browser: true }); esbuild: platform: "browser")',
  )
}
