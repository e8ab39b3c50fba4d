import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { onlyCreateFetch, trim } from './rollup.config.ts'
import { findChromium } from './scripts/chromium.mjs'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const built = (file: string) => path(`dist/${file}`)
/** Makes `sessionfetch` this file; its sub-paths are as they were built. */
const packageIs = (main: string) => [
  { find: /^sessionfetch$/, replacement: main },
  { find: /^sessionfetch\/(.+)$/, replacement: built('$1.js') },
]

/** Flags that keep Chromium from calling home, which a closed network makes slow. */
const args = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]
const executablePath = findChromium()

/** Limits in milliseconds: they end a test that hangs, and not one that is slow on a busy machine. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 180_000, expect: { poll: { timeout: 30_000 } } }

/** The shared specs on a build in Node, and more of them. */
const inNode = (name: string, main: string, more: readonly string[]) => ({
  resolve: { alias: packageIs(main) },
  test: {
    name,
    include: ['e2e/shared/*.spec.ts', ...more],
    environment: 'node' as const,
    globalSetup: 'e2e/servers.ts',
    ...PATIENCE,
  },
})

export default defineConfig({
  test: {
    // Measured with --coverage only. What runs of dist/ is mapped back to src/ by its source maps.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'dist/index.js', 'dist/index.browser.js'],
      // The viewer is one page with its script inside; e2e/node/viewer.spec.ts clicks through it where nothing is measured.
      exclude: ['src/trace/viewer/**'],
      excludeAfterRemap: true,
    },
    projects: [
      {
        // The dependencies as the build has them. The cast: Rollup's plugin types are not Vite's, whose bundler has others.
        plugins: [{ ...onlyCreateFetch, enforce: 'pre' as const }, trim] as never,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          environment: 'node',
          ...PATIENCE,
          server: { deps: { inline: ['ofetch', 'fetch-cookie'] } },
        },
      },
      inNode('e2e-node', built('index.js'), ['e2e/node/*.spec.ts']),
      inNode('e2e-pool', path('e2e/pooled.ts'), ['e2e/node/httpbin.spec.ts']),
      inNode('e2e-fetch', path('e2e/fetched.ts'), ['e2e/node/httpbin.spec.ts']),
      {
        resolve: { alias: packageIs(built('index.browser.js')) },
        optimizeDeps: { exclude: ['sessionfetch'] },
        test: {
          name: 'e2e-chromium',
          include: ['e2e/shared/*.spec.ts', 'e2e/browser/*.spec.ts'],
          globalSetup: 'e2e/servers.ts',
          ...PATIENCE,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { args, ...(executablePath ? { executablePath } : {}) } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
