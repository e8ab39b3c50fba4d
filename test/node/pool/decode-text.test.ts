import { afterEach, describe, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('where a test environment has no TextDecoder, as Jest with jsdom', () => {
  test('the main entry loads', async () => {
    vi.resetModules()
    vi.stubGlobal('TextDecoder', undefined)
    vi.stubGlobal('TextEncoder', undefined)
    expect((await import('../../../src/index.ts')).createSession).toBeTypeOf('function')
  })

  test("decodeText() takes Node's own", async () => {
    vi.stubGlobal('TextDecoder', undefined)
    const { decodeText } = await import('../../../src/node/pool/decode-text.ts')
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xa9))).toBe('é')
  })
})
