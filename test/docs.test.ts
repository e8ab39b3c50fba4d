/** What is documented: every export and member of a public type in the sources, every option and export in the pages. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { missing } from '../scripts/docs-check.mjs'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/** Folders and files whose exported types users see: each of their members is read in an editor. */
const PUBLIC =
  /^(?:contract\/|cookies\/session-cookies|layers\/refreshable|stores\/(?:file|redis|error)\.|formats\/(?:reading|storage-state)|server\/(?:apply|forward|incoming|visitor)|events\/(?:options|event-stream)|trace\/(?:entry|settings|trace|har)\.)/

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts')).sort()
const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(SRC + file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** Whether a comment for readers stands before it. */
const hasSentence = (node: ts.Node) => ts.getJSDocCommentsAndTags(node).length > 0

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ')
  return (node as { name?: ts.Node }).name?.getText() ?? node.getText().split('\n', 1)[0] ?? ''
}

/** Exports of a file that no sentence describes; of an overloaded function one signature is enough. */
function silentExports(source: ts.SourceFile): string[] {
  const exported = source.statements.filter((node) => isExported(node) && !ts.isExportDeclaration(node))
  const spoken = new Set(exported.filter(hasSentence).map(nameOf))
  return exported.map(nameOf).filter((name) => !spoken.has(name))
}

/** Members of the exported interfaces of a file that no sentence describes. */
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
  test('every option and every export stands in one, and every link leads somewhere', () => {
    expect(missing()).toEqual({ options: [], exports: [], links: [], page: [] })
  })
})
