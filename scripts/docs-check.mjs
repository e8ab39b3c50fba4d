/**
 * Checks the pages: every option and every exported function or class must stand in one, and every link must lead somewhere.
 * `node scripts/docs-check.mjs` prints what is missing and fails; test/docs.test.ts does the same. Exported types need no page:
 * they stand in docs/exports.md, which `node scripts/docs-check.mjs --write` writes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

const read = (file) => readFileSync(resolve(ROOT, file), 'utf8')
const parse = (file) => ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)

/** The folders whose pages are checked. Other folders in docs/ are built or installed. */
const FOLDERS = ['docs', 'docs/guides', 'docs/decisions']

/** README.md and the pages of docs/, as paths. */
export function pages() {
  const inDocs = FOLDERS.flatMap((folder) => readdirSync(resolve(ROOT, folder)).map((file) => `${folder}/${file}`))
  return ['README.md', ...inDocs.filter((file) => file.endsWith('.md')).sort()]
}

/** The names of the option table, `TABLE` of src/session/option-table.ts. */
export function options() {
  const names = []
  const visit = (node) => {
    const isTable = ts.isVariableDeclaration(node) && node.name.getText() === 'TABLE'
    if (isTable && ts.isObjectLiteralExpression(node.initializer)) {
      names.push(...node.initializer.properties.map(({ name }) => name.getText()))
    } else ts.forEachChild(node, visit)
  }
  visit(parse('src/session/option-table.ts'))
  return names
}

/** The names of the members of `Session`, which docs/session.md must have. */
function members() {
  const session = parse('src/contract/session.ts').statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Session',
  )
  return session.members.flatMap(({ name }) => (name ? [name.getText()] : []))
}

/** The entries by the name that is imported: the main one, and each sub-path that package.json exports from src/. */
export function entries() {
  const { exports } = JSON.parse(read('package.json'))
  return Object.keys(exports).flatMap((key) => {
    const folder = key === '.' ? 'src' : `src/${key.slice(2)}`
    const file = [`${folder}/index.ts`, `${folder}.ts`].find((candidate) => existsSync(resolve(ROOT, candidate)))
    return file === undefined ? [] : [{ name: `sessionfetch${key.slice(1)}`, file }]
  })
}

/** The exports of a file, those of other files included: `{ name, isType, file }`, sorted by name. */
export function exportsOf(file) {
  const source = parse(file)
  const there = (specifier) => resolve(dirname(resolve(ROOT, file)), specifier.text)
  /** The import of a name that this file exports again. */
  const importOf = (name) =>
    source.statements.find(
      (node) => ts.isImportDeclaration(node) && new RegExp(`\\b${name}\\b`).test(node.importClause?.getText()),
    )
  const found = source.statements.flatMap((node) => {
    if (ts.isExportDeclaration(node) && !node.exportClause) return exportsOf(there(node.moduleSpecifier))
    if (ts.isExportDeclaration(node))
      return node.exportClause.elements.map(({ name, isTypeOnly }) => ({
        ...{
          name: name.text,
          isType: node.isTypeOnly || isTypeOnly,
          file: there(node.moduleSpecifier ?? importOf(name.text).moduleSpecifier),
        },
      }))
    const isType = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
    return namesOf(node).map((name) => ({ name, isType, file: resolve(ROOT, file) }))
  })
  return found.sort((one, other) => (one.name < other.name ? -1 : 1))
}

function namesOf(node) {
  if (!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
  return ts.isVariableStatement(node) ? node.declarationList.declarations.map(({ name }) => name.getText()) : [node.name.text]
}

/** The first sentence of the comment on an export, where it is declared. */
function sentenceOf({ name, file }) {
  const source = parse(file)
  const declared = source.statements.find((node) => namesOf(node).includes(name))
  if (!declared) {
    const passedOn = exportsOf(file).find((one) => one.name === name && one.file !== file)
    return passedOn ? sentenceOf(passedOn) : ''
  }
  const comment = ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(declared).find(ts.isJSDoc)?.comment) ?? ''
  const text = comment.replace(/\{@link (\w+)[^}]*\}/g, '`$1`').replace(/\s+/g, ' ')
  return text
    .replace(/^(.*?[.:]) (?=[A-Z`]).*$/, '$1')
    .replace(/:$/, '.')
    .replaceAll('|', '\\|')
}

/** The text of docs/exports.md. */
export function exportsPage() {
  const rows = ({ file }) =>
    exportsOf(file).map((one) => `| \`${one.name}\` | ${one.isType ? 'type' : ''} | ${sentenceOf(one)} |`)
  const parts = entries().map((entry) => `## \`${entry.name}\`\n\n| name | | |\n|---|---|---|\n${rows(entry).join('\n')}\n`)
  return `# Everything that is exported\n\nWritten by \`node scripts/docs-check.mjs --write\` from the comments of the sources; do not edit it by hand. Members, with their defaults, show in your editor and in the API reference.\n\n${parts.join('\n')}`
}

/** Links of a page to files that do not exist. Web addresses and places within a page are not checked. */
function deadLinks(page) {
  const targets = [...read(page).matchAll(/\]\(([^)#\s:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target)
  return targets.filter((target) => !existsSync(resolve(ROOT, dirname(page), target))).map((target) => `${page}: ${target}`)
}

/** What is missing: `{ options, members, exports, links, page }`, each a list. */
export function missing() {
  const files = pages()
  const text = files
    .filter((file) => file !== 'docs/exports.md')
    .map(read)
    .join('\n')
  const headings = [...read('docs/options.md').matchAll(/^### (.*)$/gm)].map(([, heading]) => heading).join(' ')
  const unnamed = ({ file }) => exportsOf(file).filter(({ name, isType }) => !isType && !new RegExp(`\\b${name}\\b`).test(text))
  return {
    options: options().filter((name) => !headings.includes(`\`${name}\``)),
    members: members().filter((name) => !new RegExp(`\\.${name}\\b`).test(read('docs/session.md'))),
    exports: entries().flatMap((entry) => unnamed(entry).map(({ name }) => `${entry.name}: ${name}`)),
    links: files.flatMap(deadLinks),
    page: entries()
      .flatMap(({ file }) => exportsOf(file))
      .filter(({ name }) => !read('docs/exports.md').includes(`| \`${name}\` |`))
      .map(({ name }) => `docs/exports.md has no ${name}: node scripts/docs-check.mjs --write`),
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--write')) writeFileSync(resolve(ROOT, 'docs/exports.md'), exportsPage())
  const found = missing()
  for (const [what, names] of Object.entries(found)) for (const name of names) console.log(`${what}: ${name}`)
  if (Object.values(found).some((names) => names.length > 0)) process.exitCode = 1
}
