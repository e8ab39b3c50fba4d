/**
 * The job of every application: it logs in by a cookie, checks its errors, and gives the build that it has. Throws if one is
 * wrong.
 */
export async function job({ createSession, FetchError, TimeoutError }, origin, options = {}) {
  const session = createSession({ baseURL: origin, ...options })
  await session.get('/set', { query: { cookie: 'sid=1; Path=/' } })
  const { headers } = await session.get('/echo')
  const missing = await session.get('/status', { query: { code: 404 } }).catch((error) => error)
  const late = await session.fetch('/slow', { query: { ms: 3000 }, timeout: 50 }).catch((error) => error)
  const hasJar = options.jar !== false
  if (hasJar && !/\bsid=1\b/.test(headers.cookie ?? '')) throw new Error('the cookie of the log-in was not sent')
  if (!(missing instanceof FetchError) || missing.status !== 404) throw new Error(`a 404 gave ${missing}`)
  if (!(late instanceof TimeoutError)) throw new Error(`a timeout gave ${late}`)
  return buildOf(createSession)
}

/** Which way a call really went: what the chain tells a trace. */
export async function routeOf(createSession, origin, options = {}) {
  const routes = []
  const told = ({ type, via }) => type === 'transport' && routes.push(via)
  const session = createSession({ baseURL: origin, ...options, context: { [Symbol.for('sessionfetch.trace')]: told } })
  await session.get('/echo')
  return routes.join()
}

/** Only the main build has header names of its own to keep from other origins. */
function buildOf(createSession) {
  try {
    createSession({ sensitiveHeaders: ['x-key'] })
    return 'main'
  } catch {
    return 'browser'
  }
}
