/** Loaders: each runs the job of e2e/packages/apps in Node, and says which build it got. */
import { deepEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { FRAMEWORKS } from './frameworks.mjs'
import { DENO, PLAIN } from './programs.mjs'
import { TYPESCRIPT } from './typescript.mjs'
import { runBin, runTool, versionOf } from './workspace.mjs'

/** `import` and `require` in each program, of the package and of its sub-paths, which the program itself names. */
const programs = PLAIN.flatMap(({ name, version, command: [program, ...args] }) =>
  Object.entries({ import: 'imports.mjs', require: 'requires.cjs' }).map(([how, file]) => ({
    name: `${name}, ${how}`,
    version,
    async run(_, { apps, out, origin }) {
      const result = await runTool(program, [...args, join(apps, file), origin, out])
      if (!result.startsWith('main build; ')) throw new Error(`it got the ${result}`)
      return { result }
    },
  })),
)

/** The tests of Jest and vitest compare the build themselves. Without a `build` there is no fetch. */
const jest =
  (build, options) =>
  async (_, { apps, origin }) => {
    const config = { rootDir: apps, testMatch: ['**/jest.test.cjs'], testTimeout: 60_000, ...options }
    await runBin('jest', ['--config', JSON.stringify(config)], { env: { APP_ORIGIN: origin, APP_BUILD: build ?? '' } })
    return { result: build ? `${build} build` : 'an error that says that there is no fetch' }
  }

const vitest =
  (environment) =>
  async (_, { apps, origin }) => {
    await runBin('vitest', ['run', '--root', apps], { env: { APP_ORIGIN: origin, APP_ENVIRONMENT: environment } })
    return { result: 'main build' }
  }

async function openTelemetry(_, { apps, origin }) {
  const { byFetch, byDefault } = JSON.parse(await runTool(process.execPath, [join(apps, 'opentelemetry.mjs'), origin]))
  if (byFetch.route !== 'fetch' || byDefault.route !== 'platform')
    throw new Error(`they went over ${byFetch.route}, ${byDefault.route}`)
  const { route: _ways, ...told } = byDefault
  deepEqual(told, { span: byFetch.span, isSeen: true, isChild: true })
  return { result: 'the span and traceparent that fetch has' }
}

const JSDOM = '<rootDir>/jsdom-with-fetch.cjs'

export const LOADERS = [
  ...programs,
  { name: 'Jest, node', version: () => versionOf('jest'), run: jest('main', { testEnvironment: 'node' }) },
  { name: 'Jest, jsdom as it is', version: () => versionOf('jest'), run: jest(undefined, { testEnvironment: 'jsdom' }) },
  {
    name: "Jest, jsdom with the test's fetch",
    version: () => versionOf('jest'),
    run: jest('browser', { testEnvironment: JSDOM }),
  },
  {
    name: "Jest, jsdom, customExportConditions: ['node']",
    version: () => versionOf('jest'),
    run: jest('main', { testEnvironment: JSDOM, testEnvironmentOptions: { customExportConditions: ['node'] } }),
  },
  ...['node', 'jsdom', 'happy-dom'].map((environment) => ({
    name: `vitest, ${environment}`,
    version: () => versionOf('vitest'),
    run: vitest(environment),
  })),
  { name: 'OpenTelemetry, undici', version: () => versionOf('@opentelemetry/instrumentation-undici'), run: openTelemetry },
  ...FRAMEWORKS,
  {
    name: 'JSR, deno publish --dry-run',
    version: DENO.version,
    async run() {
      await runTool(DENO.command, ['publish', '--dry-run', '--allow-dirty', '--config', 'jsr.json'], { cwd: process.cwd() })
      return { result: 'takes jsr.json' }
    },
  },
  ...TYPESCRIPT,
]
