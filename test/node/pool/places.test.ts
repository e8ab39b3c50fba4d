import { expect, test } from 'vitest'
import { Places } from '../../../src/node/pool/places.ts'

test('Places gives what is in them, and a freed place to the next', () => {
  const places = new Places<string>()
  const [first, second] = [places.add('a'), places.add('b')]
  expect(places.all()).toEqual(['a', 'b'])
  places.free(first)
  expect(places.all()).toEqual(['b'])
  expect(places.add('c')).toBe(first)
  places.free(second)
  expect(places.all()).toEqual(['c'])
})

test('Places has no more of them than were taken at once', () => {
  const places = new Places<number>()
  const taken = new Set(
    Array.from({ length: 1000 }, (_, n) => {
      const place = places.add(n)
      places.free(place)
      return place
    }),
  )
  expect(taken.size).toBe(1)
})
