/** The built package with every session on connections of its own, so that the shared spec runs over both transports. */
import { createSession as create, type SessionOptions } from '../dist/index.js'

export * from '../dist/index.js'
export const createSession = (options: SessionOptions = {}) => create(options.fetch ? options : { pool: true, ...options })
