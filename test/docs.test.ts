/** What is documented: every export and member of a public type in the sources, every option and export in the pages. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { missing, pages } from '../scripts/docs-check.mjs'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SRC = `${ROOT}src/`

/** Folders and files whose exported types users see: an editor shows each of their members. */
const PUBLIC =
  /^(?:contract\/|cookies\/session-cookies|layers\/refreshable|stores\/(?:file|redis|error)\.|formats\/(?:reading|storage-state)|server\/(?:apply|forward|incoming|visitor)|events\/(?:options|event-stream)|trace\/(?:entry|settings|trace|har)\.)/

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts')).sort()
const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(SRC + file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** Whether a doc comment stands before a declaration. */
const hasSentence = (node: ts.Node) => ts.getJSDocCommentsAndTags(node).length > 0

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ')
  return (node as { name?: ts.Node }).name?.getText() ?? node.getText().split('\n', 1)[0] ?? ''
}

/** The exports of a file without a doc comment. Of the signatures of an overloaded function one with a comment is enough. */
function silentExports(source: ts.SourceFile): string[] {
  const exported = source.statements.filter((node) => isExported(node) && !ts.isExportDeclaration(node))
  const spoken = new Set(exported.filter(hasSentence).map(nameOf))
  return exported.map(nameOf).filter((name) => !spoken.has(name))
}

/** The members of a file's exported interfaces without a doc comment. */
function silentMembers(source: ts.SourceFile): string[] {
  const types = source.statements.filter(
    (node) => ts.isInterfaceDeclaration(node) && isExported(node),
  ) as ts.InterfaceDeclaration[]
  return types.flatMap((type) => {
    const spoken = new Set(type.members.filter(hasSentence).map(nameOf))
    const names = type.members.filter(({ name }) => name !== undefined).map(nameOf)
    return [...new Set(names)].filter((name) => !spoken.has(name)).map((name) => `${type.name.text}.${name}`)
  })
}

describe('comments', () => {
  test('every export has its sentence', () => {
    const silent = files.flatMap((file) => silentExports(parse(file)).map((name) => `${file}: ${name}`))
    expect(silent).toEqual([])
  })

  test('every member of a public type has its sentence', () => {
    const silent = files
      .filter((file) => PUBLIC.test(file))
      .flatMap((file) => silentMembers(parse(file)).map((name) => `${file}: ${name}`))
    expect(silent).toEqual([])
  })
})

describe('pages', () => {
  test('every option, export and member of a session stands in one, and every link leads somewhere', () => {
    expect(missing()).toEqual({ options: [], members: [], exports: [], links: [], page: [] })
  })
})

/** The snippets of all pages, by the name of a file that only the compiler sees. */
function snippets(): Map<string, string> {
  const all = pages().flatMap((page) =>
    [...readFileSync(ROOT + page, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ''], index): [string, string] => [
      `${ROOT}.tmp/types/${page.replace(/\W/g, '-')}-${index + 1}.ts`,
      code,
    ]),
  )
  return new Map(all)
}

/** Compiles texts as if they stood in files, with the project's settings and the sources as the package. */
function errorsOf(texts: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const paths = { 'sessionfetch/stores/testing': [`${SRC}stores/testing.ts`], 'sessionfetch/*': [`${SRC}*/index.ts`] }
  const settings = { ...options, noUnusedLocals: false, paths: { sessionfetch: [`${SRC}index.ts`], ...paths } }
  const host = ts.createCompilerHost(settings)
  const { readFile, fileExists } = host
  host.readFile = (file) => texts.get(file) ?? readFile(file)
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  const program = ts.createProgram([...texts.keys()], settings, host)
  return [...texts.keys()].flatMap((file) => {
    const source = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ messageText }) => `${file.slice(ROOT.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  })
}

describe('snippets', () => {
  test('a wrong one is found', () => {
    const code = "import { createSession } from 'sessionfetch'\ncreateSession({ baseUrl: '/' })"
    expect(errorsOf(new Map([[`${ROOT}.tmp/types/wrong.ts`, code]]))).toEqual([expect.stringContaining('baseUrl')])
  })

  test('each of them compiles', () => {
    expect(errorsOf(snippets())).toEqual([])
  })
})
