/**
 * What each capability costs in a page: how much smaller `import { createSession }` is when the build leaves the capability out.
 * Each row names functions and classes of `src/`, and what takes their place; what only they used is then left out too.
 *
 * The rows do not add up to the whole: what two capabilities share goes with neither.
 */
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { rollup } from 'rollup'

const PASS = '(exchange, next) => next(exchange)'
const NOTHING = '() => undefined'

const CAPABILITIES = {
  'the data door: ofetch, its hooks, FetchError': { 'session/data.ts': { readData: NOTHING } },
  'session.cookies in a page': { 'browser/page-cookies.ts': { pageCookies: '() => ({})' } },
  'limits of bodies: an abort, idle, maxBytes': { 'exchange/limited-body.ts': { limitBody: '() => Promise.resolve()' } },
  'auth: Basic, bearer tokens, flows': {
    'layers/auth.ts': { authLayer: `() => ${PASS}`, parseAuth: NOTHING },
    'http/basic.ts': { basic: NOTHING },
  },
  'checks of options, names of other clients': { 'session/option-table.ts': { checkOptions: NOTHING } },
  retry: {
    'layers/retry.ts': { retryLayer: PASS, parseRetry: NOTHING },
  },
  mounts: {
    'layers/mounts.ts': { Mounts: 'class { set() {} find() {} hasScheme() {} }' },
    'layers/transport.ts': { isFromHandler: NOTHING },
  },
  csrf: { 'layers/csrf.ts': { csrfLayer: `() => ${PASS}`, parseCsrf: NOTHING } },
  onUploadProgress: { 'layers/upload.ts': { uploadLayer: `() => ${PASS}` } },
  onDownloadProgress: { 'exchange/progress.ts': { meter: NOTHING } },
  concurrency: {
    'layers/concurrency.ts': { parseConcurrency: NOTHING, concurrencyLayer: NOTHING, whilePaused: '(_, work) => work()' },
  },
  'prepare and send': { 'session/prepared.ts': { prepare: NOTHING, send: NOTHING } },
  timeouts: {
    'layers/timeouts.ts': { attemptLayer: PASS, parseTimeout: NOTHING },
    'exchange/failure.ts': { timedOut: '() => () => undefined' },
  },
  interceptors: { 'layers/interceptors.ts': { asLayer: `() => ${PASS}` } },
  'response.links': { 'http/links.ts': { parseLinks: '() => ({})' } },
  'a Request as input': {
    'session/request-input.ts': { isRequest: '() => false', requestOptions: NOTHING, requestBody: NOTHING },
  },
  'console.log(session)': { 'session/inspect.ts': { describeSession: NOTHING } },
  schema: { 'session/schema.ts': { validate: '(_, value) => value' } },
  'what a trace is told': { 'exchange/trace.ts': { tellTrace: NOTHING } },
}

/** Bytes of `import { createSession }` in a page without each capability; `config` is Rollup's for the browser entry. */
export async function withoutEach(config) {
  const whole = await sizeOf(config, {})
  const rows = []
  for (const [name, cuts] of Object.entries(CAPABILITIES)) rows.push({ name, bytes: whole - (await sizeOf(config, cuts)) })
  return { whole, rows: rows.sort((one, other) => other.bytes - one.bytes) }
}

async function sizeOf(config, cuts) {
  const bundle = await rollup({ ...config, plugins: [leaveOut(cuts), config.plugins] })
  const [{ code }] = (await bundle.generate({ format: 'esm' })).output
  const { outputFiles } = await build({
    stdin: { contents: "export { createSession } from 'built'" },
    plugins: [{ name: 'built', setup: (on) => serve(on, code) }],
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', write: false },
  })
  return brotliCompressSync(outputFiles[0].text).length
}

function serve(on, contents) {
  on.onResolve({ filter: /^built$/ }, () => ({ path: 'built', namespace: 'built' }))
  on.onLoad({ filter: /./, namespace: 'built' }, () => ({ contents, loader: 'js' }))
}

/** Puts something else in place of exports. A declaration ends with the first brace at the beginning of a line. */
function leaveOut(cuts) {
  return {
    name: 'leave-out',
    transform(code, id) {
      const file = Object.keys(cuts).find((name) => id.endsWith(`/src/${name}`))
      if (!file) return null
      let rest = code
      for (const [name, put] of Object.entries(cuts[file])) {
        const declaration = new RegExp(`export (?:async )?(?:function|class|const) ${name}\\b[^]*?\\n}\\n`)
        if (!declaration.test(rest)) throw new Error(`scripts/size-capabilities.mjs: ${file} has no ${name} any more`)
        rest = rest.replace(declaration, () => `export const ${name}: any = ${put}\n`)
      }
      return { code: rest, map: null }
    },
  }
}
