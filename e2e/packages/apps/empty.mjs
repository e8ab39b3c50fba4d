/** What a bundler adds to an application by itself. */
globalThis.createSession = null
