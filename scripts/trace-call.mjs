/**
 * Prints the way of a plain `session.get` through src/: the files in the order in which they are first entered, and the calls of
 * a function in a folder above the caller's own. Ends with code 1 if the spine is not entered in its order, or calls an earlier file of
 * itself. `node scripts/trace-call.mjs`
 *
 * Each function of src/ is wrapped when the sources are bundled; AsyncLocalStorage knows the caller, also after an `await`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SRC = `${ROOT}src/`

/** The folders from the bottom up, as docs/architecture.md has them: a function may call those of its own folder and below. */
const DIRECTION = [['http', 'cookies'], ['contract'], ['exchange'], ['layers'], ['session'], ['node', 'browser'], ['']]
const heightOf = (file) => DIRECTION.findIndex((folders) => folders.includes(file.includes('/') ? file.split('/', 1)[0] : ''))

/** The files that hand the call on; all others answer a question. */
const SPINE = {
  node: [
    'session/session',
    'session/data',
    'session/resolve',
    'session/chain',
    'node/redirect',
    'node/cookies',
    'node/platform-transport',
  ],
  page: ['session/session', 'session/data', 'session/resolve', 'session/chain', 'layers/transport'],
}

const calls = new AsyncLocalStorage()
let entered = []

/** Runs the body of a function, and notes its file and that of the caller. */
globalThis.traceCall = (file, body) => {
  entered.push({ file, caller: calls.getStore() })
  return calls.run(file, body)
}

const isWrapped = (node) =>
  (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node)) &&
  node.body !== undefined &&
  node.asteriskToken === undefined

/** `f(a) { … }` becomes `f(a) { return traceCall('file', () => { … }) }`. */
function wrap(file) {
  return (context) => {
    const { factory } = context
    const visit = (node) => {
      const seen = ts.visitEachChild(node, visit, context)
      if (!isWrapped(seen)) return seen
      const isAsync = seen.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
      const modifiers = isAsync ? [factory.createModifier(ts.SyntaxKind.AsyncKeyword)] : undefined
      const inner = factory.createArrowFunction(modifiers, undefined, [], undefined, undefined, seen.body)
      const call = factory.createCallExpression(factory.createIdentifier('traceCall'), undefined, [
        factory.createStringLiteral(file),
        inner,
      ])
      return withBody(factory, seen, factory.createBlock([factory.createReturnStatement(call)]))
    }
    return (source) => ts.visitNode(source, visit)
  }
}

function withBody(factory, node, body) {
  const { modifiers, name, typeParameters, parameters, type } = node
  if (ts.isArrowFunction(node))
    return factory.updateArrowFunction(node, modifiers, typeParameters, parameters, type, node.equalsGreaterThanToken, body)
  if (ts.isMethodDeclaration(node))
    return factory.updateMethodDeclaration(node, modifiers, undefined, name, undefined, typeParameters, parameters, type, body)
  const update = ts.isFunctionDeclaration(node) ? factory.updateFunctionDeclaration : factory.updateFunctionExpression
  return update(node, modifiers, undefined, name, typeParameters, parameters, type, body)
}

const instrument = {
  name: 'instrument',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const file = relative(SRC, path).replaceAll('\\', '/').replace(/\.ts$/, '')
      const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
      const { transformed } = ts.transform(source, [wrap(file)])
      return { contents: ts.createPrinter().printFile(transformed[0]), loader: 'ts' }
    }),
}

async function load(entry) {
  const outfile = `${ROOT}.tmp/trace-call-${entry}.mjs`
  await build({
    ...{ entryPoints: [`${SRC}${entry}.ts`], outfile, plugins: [instrument], logLevel: 'error' },
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external' },
  })
  return import(pathToFileURL(outfile).href)
}

/** The first call of a session, from `session.get` to the data. */
async function trace(entry, options, spine) {
  const { createSession } = await load(entry)
  const session = createSession(options)
  entered = []
  await session.get('/cart')
  const passed = [...entered]
  await session.close()
  const files = [...new Set(passed.map(({ file }) => file))]
  const up = passed.filter(({ file, caller }) => caller !== undefined && heightOf(file) > heightOf(caller))
  // What a layer calls as `next` is a function of the chain.
  const handedOn = up.filter(({ file }) => file === 'session/chain').length
  const isBack = ({ file, caller }) =>
    spine.includes(file) && file !== 'session/chain' && spine.indexOf(file) < spine.indexOf(caller)
  return { files, handedOn, up: up.filter(({ file }) => file !== 'session/chain'), back: passed.filter(isBack), spine }
}

function print(title, { files, handedOn, up, back, spine }) {
  const found = files.filter((file) => spine.includes(file))
  console.log(`${title}: ${files.length} files, ${found.length} of them the spine (*)`)
  for (const file of files) console.log(`${spine.includes(file) ? ' *' : '  '} ${file}`)
  const isInOrder = found.join() === spine.join()
  console.log(
    `  the spine is entered ${isInOrder ? 'in its order' : 'OUT OF ITS ORDER'}; calls of an earlier file of it: ${back.length}`,
  )
  if (!isInOrder || back.length > 0) process.exitCode = 1
  console.log(
    `  steps back up: ${up.length}, all through values that were handed down; ${handedOn} times a layer has called the next`,
  )
  for (const step of new Set(up.map(({ file, caller }) => `    ${caller} -> ${file}`))) console.log(step)
}

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'sid=42; Path=/' }).end('{"items":[]}')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const baseURL = `http://127.0.0.1:${server.address().port}`
print('session.get in Node', await trace('index', { baseURL }, SPINE.node))
server.closeAllConnections()
server.close()
console.log()
const fetch = async () => Response.json({ items: [] })
print('session.get in a page', await trace('index.browser', { baseURL, fetch }, SPINE.page))
