import { afterEach, describe, expect, test, vi } from 'vitest'
import { createSession } from '../../src/index.browser.ts'

/** What an engine without request streams, such as Firefox's, makes of one: text, with the type of text. */
class TextRequest {
  readonly headers = new Headers({ 'content-type': 'text/plain;charset=UTF-8' })
}

afterEach(() => vi.unstubAllGlobals())

describe('where the engine sends no streams', () => {
  test.each([
    ['a stream', () => new Blob(['x']).stream()],
    ['a function that gives a stream', () => () => new Blob(['x']).stream()],
  ])('%s is a TypeError before anything is sent', async (_, body) => {
    vi.stubGlobal('Request', TextRequest)
    const fetch = vi.fn(async () => new Response())
    const call = createSession({ fetch }).fetch('https://a.example/', { method: 'POST', body: body() })
    await expect(call).rejects.toThrow(/^body: not in a browser: this one cannot send a stream/)
    expect(fetch).not.toHaveBeenCalled()
  })
})
