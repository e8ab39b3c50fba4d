/** What is documented: every export and member of a public type in the sources, every option and export in the pages. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { entries, missing, pages } from '../scripts/docs-check.mjs'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SRC = `${ROOT}src/`

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

/** Members of what the entries export that an editor would show without a sentence; inherited ones and those of unions too. */
function silentMembers(): string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const sources = entries().map(({ file }) => ROOT + file)
  const program = ts.createProgram(sources, options)
  const checker = program.getTypeChecker()
  const isOurs = ({ declarations }: ts.Symbol) =>
    declarations?.some((node) => node.getSourceFile().fileName.startsWith(SRC)) === true
  const isSilent = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length === 0
  // A member under a symbol is for our own modules.
  const isNamed = ({ name }: ts.Symbol) => !/^__[@#]/.test(name)
  const typeOf = (symbol: ts.Symbol) =>
    symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.TypeAlias)
      ? checker.getDeclaredTypeOfSymbol(symbol)
      : checker.getTypeOfSymbol(symbol)
  const exported = sources.flatMap((file) => {
    const source = program.getSourceFile(file)
    const module_ = source && checker.getSymbolAtLocation(source)
    return module_ ? checker.getExportsOfModule(module_) : []
  })
  const silent = exported
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter(isOurs)
    .flatMap((symbol) => {
      const type = typeOf(symbol)
      const members = (type.isUnion() ? type.types : [type]).flatMap((one) => checker.getPropertiesOfType(one))
      return members
        .filter((member) => isOurs(member) && isNamed(member) && isSilent(member))
        .map(({ name }) => `${symbol.name}.${name}`)
    })
  return [...new Set(silent)].sort()
}

describe('comments', () => {
  test('every export has its sentence', () => {
    const silent = files.flatMap((file) => silentExports(parse(file)).map((name) => `${file}: ${name}`))
    expect(silent).toEqual([])
  })

  test('every member of a public type has its sentence', () => {
    expect(silentMembers()).toEqual([])
  })
})

describe('docs/options.md', () => {
  const sections = readFileSync(`${ROOT}docs/options.md`, 'utf8')
    .split(/^#{2,3} /m)
    .filter((section) => section.startsWith('`'))

  test.each(sections.map((section) => [section.split('\n', 1)[0], section]))('says of %s all there is to say', (_, section) => {
    const parts = [/^- Default: /m, /^- Merge: /m, /^- Errors: /m, /^```ts\nimport/m]
    expect(parts.filter((part) => !part.test(section ?? ''))).toEqual([])
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
