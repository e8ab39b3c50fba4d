/** The site by itself: `npm run docs:test`. Not among the projects of `npm test`, since the site takes a minute to build. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'site', include: ['e2e/site/*.spec.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 300_000 },
})
