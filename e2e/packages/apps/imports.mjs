/** `import` in Node: node imports.mjs ORIGIN. Its sub-paths too. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { cookiesTxt } from 'sessionfetch/formats'
import { sessionForRequest } from 'sessionfetch/server'
import { job } from './job.mjs'

const build = await job({ createSession, FetchError, TimeoutError }, process.argv[2])
if (![cookiesTxt.read, sessionForRequest].every((value) => typeof value === 'function')) throw new Error('a sub-path is empty')
console.log(build)
