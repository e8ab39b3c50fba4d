/**
 * Warns a page that was bundled with this build, for servers: a page hides Set-Cookie, so the jar stays empty without any
 * error.
 */

let isTold = false

/** Warns once where there is a document but no process, as in a page bundled without the condition `browser`. Not in jsdom. */
export function warnInPage(): void {
  const { document, process } = globalThis as { document?: unknown; process?: { versions?: Readonly<Record<string, string>> } }
  if (isTold || document === undefined || process?.versions?.node !== undefined) return
  isTold = true
  console.warn(
    'sessionfetch: this page has the build for servers, whose jar sees no cookies here: let the bundler resolve the condition' +
      ' "browser" (Rollup: nodeResolve({ browser: true }); esbuild: platform: "browser")',
  )
}
