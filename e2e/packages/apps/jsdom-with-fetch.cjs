/** Jest's jsdom, with Node's fetch. */
const { TestEnvironment } = require('jest-environment-jsdom')

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args)
    for (const name of ['fetch', 'Headers', 'Request', 'Response', 'ReadableStream']) this.global[name] = globalThis[name]
  }
}
