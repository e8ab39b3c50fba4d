import { describe, expect, test } from 'vitest'
import { recognise } from '../../src/contract/kind.ts'

/** One copy of a library: a base class, a class of it, and a class that it did not mark. */
function copyOfALibrary() {
  class Base extends Error {}
  class Late extends Base {}
  class Unmarked extends Late {}
  recognise({ Base, Late })
  return { Base, Late, Unmarked }
}

describe('recognise()', () => {
  const one = copyOfALibrary()
  const other = copyOfALibrary()

  test.each([
    ['an instance', new one.Late(), one.Late, true],
    ["another copy's instance", new other.Late(), one.Late, true],
    ["another copy's subclass", new other.Late(), one.Base, true],
    ["another copy's subclass that is not marked", new other.Unmarked(), one.Late, true],
    ['a base class', new other.Base(), one.Late, false],
    ['an instance of an unmarked subclass', new one.Unmarked(), one.Unmarked, true],
    ['what only its parent class is', new one.Late(), one.Unmarked, false],
    ["another copy's instance of an unmarked subclass", new other.Unmarked(), one.Unmarked, false],
    ['any other error', new Error('x'), one.Base, false],
    ['the prototype itself', one.Late.prototype, one.Late, false],
    ['an object without a prototype', Object.create(null), one.Base, false],
    ['null', null, one.Base, false],
    ['a string', 'Late', one.Base, false],
  ])('instanceof is asked about %s', (_, value, of, expected) => {
    expect((value as unknown) instanceof of).toBe(expected)
  })
})
