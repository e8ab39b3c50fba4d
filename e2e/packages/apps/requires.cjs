/** `require` in Node: node requires.cjs ORIGIN. Its sub-paths too. */
const { createSession, FetchError, TimeoutError } = require('sessionfetch')
const { cookiesTxt } = require('sessionfetch/formats')
const { sessionForRequest } = require('sessionfetch/server')
const { job } = require('./job.cjs')

job({ createSession, FetchError, TimeoutError }, process.argv[2]).then((build) => {
  if (![cookiesTxt.read, sessionForRequest].every((value) => typeof value === 'function')) throw new Error('a sub-path is empty')
  console.log(build)
})
