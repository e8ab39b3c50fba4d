import { describe, expect, test } from 'vitest'
import { pairBytes, pairText, textOf } from '../../src/cookies/bytes.ts'
import { utf8ByteString } from '../../src/http/byte-string.ts'

describe('textOf() reads bytes as UTF-8, else as latin-1:', () => {
  test.each([
    ['plain', 'plain'],
    ['gr\u00c3\u00bc\u00c3\u009fe', 'grüße'],
    ['\u00f0\u009f\u008d\u00aa', '🍪'],
    ['gr\u00fc\u00dfe', 'grüße'],
    ['\u00c3', 'Ã'],
    ['\u00ef\u00bb\u00bfa', '\ufeffa'],
    ['€ is text', '€ is text'],
  ])('%j is %j', (bytes, text) => {
    expect(textOf(bytes)).toBe(text)
  })
})

describe('a pair goes back byte for byte:', () => {
  const randomByte = generator()

  test('every byte string, from bytes to text and back, also through JSON', () => {
    for (let round = 0; round < 5000; round++) {
      const [key = '', value = ''] = [0, 1].map(() =>
        Array.from({ length: round % 7 }, randomByte)
          .join('')
          .replaceAll('=', ''),
      )
      const shown = JSON.parse(JSON.stringify(pairText(key, value)))
      expect(pairBytes(shown)).toEqual({ key, value })
    }
  })

  test('bytes are carried along only where the text alone would not do', () => {
    expect(pairText('a', 'gr\u00c3\u00bc')).toEqual({ name: 'a', value: 'grü' })
    expect(pairText('a', 'gr\u00fc')).toEqual({ name: 'a', value: 'grü', bytes: 'a=gr\u00fc' })
  })

  test('what was changed goes as UTF-8, the rest as it came', () => {
    const shown = pairText('\u00e9', 'gr\u00fc')
    expect(pairBytes({ ...shown, value: 'größe' })).toEqual({ key: '\u00e9', value: utf8ByteString('größe') })
    expect(pairBytes({ ...shown, name: 'x' })).toEqual({ key: 'x', value: 'gr\u00fc' })
  })

  test('bytes that are none are not believed', () => {
    expect(pairBytes({ name: 'a', value: '€', bytes: 'a=€' })).toEqual({ key: 'a', value: utf8ByteString('€') })
    expect(pairBytes({ name: 'a', value: 'x', bytes: 'a=y' })).toEqual({ key: 'a', value: 'x' })
  })
})

/** Bytes as they follow each other in UTF-8, and those that break it. */
function generator(): () => string {
  const bytes = [0x41, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xff, 0xa0, 0x3d, 0xf0, 0x9f, 0x8d, 0xaa]
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(bytes[state % bytes.length] ?? 0)
  }
}
