import { defineConfig } from 'vitest/config'

const { APP_ENVIRONMENT: environment = 'node', APP_ORIGIN: url } = process.env

/** happy-dom refuses requests to another origin than the page's. */
export default defineConfig({
  test: { include: ['vitest.test.mjs'], environment, environmentOptions: { happyDOM: { url }, jsdom: { url } } },
})
