/** The built package with every session on the platform's `fetch`, as where a mock or a framework has replaced it. */
import { createSession as create, type SessionOptions } from '../dist/index.js'

const platformFetch: typeof fetch = (...args) => globalThis.fetch(...args)

export * from '../dist/index.js'
export const createSession = (options: SessionOptions = {}) => create({ fetch: platformFetch, ...options })
