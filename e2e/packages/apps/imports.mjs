/** `import` in Node, Bun and Deno: node imports.mjs ORIGIN FOLDER. */
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import * as events from 'sessionfetch/events'
import * as formats from 'sessionfetch/formats'
import * as server from 'sessionfetch/server'
import * as stores from 'sessionfetch/stores'
import * as testing from 'sessionfetch/stores/testing'
import * as trace from 'sessionfetch/trace'
import { job } from './job.mjs'
import { doSubPaths } from './sub-paths.mjs'

const [, , origin, folder] = process.argv
const build = await job({ createSession, FetchError, TimeoutError }, origin)
const modules = { events, formats, server, stores, trace, 'stores/testing': testing }
console.log(`${build} build; ${await doSubPaths(modules, { createSession, origin, folder })}`)
