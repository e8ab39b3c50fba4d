/**
 * Builds the viewer of traces as one file: the page with its script and styles, and a policy under which nothing else runs or
 * loads.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const SOURCE = new URL('../src/trace/viewer/', import.meta.url)
const STYLES = ['colours', 'frame', 'list', 'details', 'screens']

const read = (name) => readFileSync(new URL(name, SOURCE), 'utf8')
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Puts the parts together. `code` must not hold `</script`, which would end the element. */
function page(code) {
  if (/<\/script/i.test(code)) throw new Error('scripts/viewer-page.mjs: the script of the viewer holds </script')
  const style = STYLES.map((name) => read(`${name}.css`))
    .join('')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  const parts = { 'content="policy"': `content="${policy}"`, '/* page.css */': style, '/* main.ts */': code }
  return Object.entries(parts).reduce((page, [place, part]) => {
    if (!page.includes(place)) throw new Error(`scripts/viewer-page.mjs: page.html has no ${place}`)
    // By a function, since `$` has a meaning of its own in a replacement text.
    return page.replace(place, () => part)
  }, read('page.html'))
}

/** Emits the page in place of the script that was built. @type {() => import('rollup').Plugin} */
export const viewerPage = () => ({
  name: 'viewer-page',
  generateBundle(_, bundle) {
    for (const [name, file] of Object.entries(bundle)) {
      if (file.type !== 'chunk') continue
      delete bundle[name]
      this.emitFile({ type: 'asset', fileName: 'viewer.html', source: page(file.code.trim()) })
    }
  },
})
