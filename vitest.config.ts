import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { onlyCreateFetch, trim } from './rollup.config.ts'
import { findChromium } from './scripts/chromium.mjs'

const built = (file: string) => fileURLToPath(new URL(`dist/${file}`, import.meta.url))
/** `sessionfetch` is this file, and its sub-paths are as they were built. */
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
          testTimeout: 60_000,
          server: { deps: { inline: ['ofetch', 'fetch-cookie'] } },
        },
      },
      {
        resolve: { alias: packageIs(built('index.js')) },
        test: {
          name: 'e2e-node',
          include: ['e2e/shared/*.spec.ts', 'e2e/node/*.spec.ts'],
          environment: 'node',
          globalSetup: 'e2e/servers.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: packageIs(fileURLToPath(new URL('e2e/pooled.ts', import.meta.url))) },
        test: {
          name: 'e2e-pool',
          include: ['e2e/shared/*.spec.ts', 'e2e/node/httpbin.spec.ts'],
          environment: 'node',
          globalSetup: 'e2e/servers.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: packageIs(fileURLToPath(new URL('e2e/fetched.ts', import.meta.url))) },
        test: {
          name: 'e2e-fetch',
          include: ['e2e/shared/*.spec.ts', 'e2e/node/httpbin.spec.ts'],
          environment: 'node',
          globalSetup: 'e2e/servers.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias: packageIs(built('index.browser.js')) },
        optimizeDeps: { exclude: ['sessionfetch'] },
        test: {
          name: 'e2e-chromium',
          include: ['e2e/shared/*.spec.ts', 'e2e/browser/*.spec.ts'],
          globalSetup: 'e2e/servers.ts',
          testTimeout: 60_000,
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
