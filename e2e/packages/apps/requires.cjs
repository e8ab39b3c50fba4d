/** `require` in Node, Bun and Deno: node requires.cjs ORIGIN FOLDER. */
const { createSession, FetchError, TimeoutError } = require('sessionfetch')
const { job } = require('./job.cjs')
const { doSubPaths } = require('./sub-paths.cjs')

const modules = {
  events: require('sessionfetch/events'),
  formats: require('sessionfetch/formats'),
  server: require('sessionfetch/server'),
  stores: require('sessionfetch/stores'),
  trace: require('sessionfetch/trace'),
  'stores/testing': require('sessionfetch/stores/testing'),
}

async function run([, , origin, folder]) {
  const build = await job({ createSession, FetchError, TimeoutError }, origin)
  console.log(`${build} build; ${await doSubPaths(modules, { createSession, origin, folder })}`)
}

run(process.argv)
