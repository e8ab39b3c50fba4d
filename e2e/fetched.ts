/**
 * The built package with every session on the platform's `fetch`, by an option of the platform that its dispatcher does not know.
 */
import { createSession as create, type SessionOptions } from '../dist/index.js'

export * from '../dist/index.js'
export const createSession = (options: SessionOptions = {}) => create({ referrerPolicy: 'no-referrer', ...options })
