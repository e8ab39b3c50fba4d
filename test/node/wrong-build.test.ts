import { afterEach, describe, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.resetModules()
})

describe('warnInPage()', () => {
  test.each([
    ['a page', { document: {}, process: undefined }, 1],
    ["a page with a bundler's process", { document: {}, process: { versions: {} } }, 1],
    ['jsdom in Node', { document: {}, process: { versions: { node: '20.0.0' } } }, 0],
    ['a worker', { document: undefined, process: undefined }, 0],
  ])('in %s', async (_, globals, times) => {
    const { warnInPage } = await import('../../src/node/wrong-build.ts')
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    warnInPage()
    warnInPage()
    const { length } = warn.mock.calls
    vi.unstubAllGlobals()
    expect(length).toBe(times)
  })
})
