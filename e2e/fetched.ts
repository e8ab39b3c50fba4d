/**
 * The built package with every session on the platform's `fetch`: an option of the platform's that the dispatcher under it does
 * not know sends it that way.
 */
import { createSession as create, type SessionOptions } from '../dist/index.js'

export * from '../dist/index.js'
export const createSession = (options: SessionOptions = {}) => create({ referrerPolicy: 'no-referrer', ...options })
