/** What every `JarStore` must do. */
import type { JarStore, MaybePromise, StoreChange } from '../contract/jar-store.ts'
import { byDomain, byId, latin, list, same, tell } from './case-checks.ts'
import { cookieOf, LATER, OTHER, put, remove, SHOP } from './case-cookies.ts'

/** Opens a store at the place of the case, or at another one. */
export type OpenHere = (part?: string) => MaybePromise<JarStore>

/** The cases by their names, which say what a store must do. */
export const CASES: Readonly<Record<string, (open: OpenHere) => Promise<void>>> = {
  async 'a new place is empty'(open) {
    const store = await open()
    same(await list(store), [], 'read()')
    same(await list(await open(), [SHOP]), [], 'read([domain])')
  },

  async 'put: a cookie that was put is read, all of it'(open) {
    const store = await open()
    const cookies = [cookieOf('a', '1'), cookieOf('b', '2', { expires: LATER })]
    await tell(store, cookies.map(put))
    same(byId(await list(store, [SHOP])), cookies, 'read([domain])')
    same(byId(await list(await open())), cookies, 'read() of another store at the place')
  },

  async 'put: a cookie of the same domain and id is replaced'(open) {
    const store = await open()
    await tell(store, [put(cookieOf('a', 'old'))])
    await list(store, [SHOP])
    await tell(store, [put(cookieOf('a', 'new', { expires: LATER }))])
    same(await list(store, [SHOP]), [cookieOf('a', 'new', { expires: LATER })], 'read([domain])')
    same(await list(await open()), [cookieOf('a', 'new', { expires: LATER })], 'read() of another store at the place')
  },

  async 'put: the same id in another domain is another cookie'(open) {
    const store = await open()
    const cookies = [cookieOf('a', '1'), cookieOf('a', '2', { domain: OTHER })]
    await tell(store, cookies.map(put))
    same(await list(store, [SHOP]), cookies.slice(0, 1), `read(['${SHOP}'])`)
    same(await list(store, [OTHER]), cookies.slice(1), `read(['${OTHER}'])`)
  },

  async 'put: ids that differ by the case of a letter or by an accent are two cookies'(open) {
    const store = await open()
    const cookies = ['a', 'A', '\xe4'].map((name, index) => cookieOf(name, String(index)))
    await tell(store, cookies.map(put))
    same(byId(await list(await open(), [SHOP])), byId(cookies), 'read([domain])')
    await tell(store, [remove(cookieOf('A'))])
    same(byId(await list(await open())), byId(cookies.filter(({ id }) => id !== cookieOf('A').id)), 'read() after a removal')
  },

  async 'remove: a cookie that was removed is gone, and no other'(open) {
    const store = await open()
    await tell(store, [put(cookieOf('a', '1')), put(cookieOf('b', '2')), put(cookieOf('a', '3', { domain: OTHER }))])
    await list(store, [SHOP])
    await tell(store, [remove(cookieOf('a'))])
    same(await list(store, [SHOP]), [cookieOf('b', '2')], 'read([domain])')
    same((await list(await open())).length, 2, 'cookies of another store at the place')
  },

  async 'remove: what is not there is no error'(open) {
    const store = await open()
    await tell(store, [remove(cookieOf('a')), put(cookieOf('b', '1')), remove(cookieOf('c', '', { domain: OTHER }))])
    same(await list(store), [cookieOf('b', '1')], 'read()')
  },

  async 'order: the changes of one write are applied one after the other'(open) {
    const store = await open()
    await tell(store, [put(cookieOf('a', '1')), remove(cookieOf('a')), put(cookieOf('a', '2')), put(cookieOf('a', '3'))])
    await tell(store, [put(cookieOf('b', '1')), remove(cookieOf('b'))])
    same(await list(store, [SHOP]), [cookieOf('a', '3')], 'read([domain])')
    same(await list(await open()), [cookieOf('a', '3')], 'read() of another store at the place')
  },

  async 'order: the later of two writes counts'(open) {
    const store = await open()
    await Promise.all(['1', '2', '3'].map(async (value) => store.write([put(cookieOf('a', value))])))
    await store.flush?.()
    same(await list(await open()), [cookieOf('a', '3')], 'read() of another store at the place')
  },

  async 'all or none: a write that holds a broken change leaves no half of it'(open) {
    const store = await open()
    await tell(store, [put(cookieOf('z', '0'))])
    try {
      // The cast: this change is broken on purpose.
      await tell(store, [put(cookieOf('a', '1')), {} as StoreChange, put(cookieOf('b', '2')), remove(cookieOf('z'))])
    } catch {
      // A store may refuse it, and then nothing of the write may be kept.
    }
    const names = byId(await list(await open())).map(({ id }) => id)
    const [all, none] = [['a', 'b'], ['z']].map((ids) => ids.map((id) => cookieOf(id).id))
    if (`${names}` !== `${all}`) same(names, none, 'what is kept after a write that was refused')
  },

  async 'domains: only those that were asked for are given, and all if none are named'(open) {
    const store = await open()
    const cookies = [SHOP, OTHER, `www.${SHOP}`].map((domain) => cookieOf('a', '1', { domain }))
    await tell(store, cookies.map(put))
    same(await list(store, [OTHER]), cookies.slice(1, 2), 'read of one domain')
    same(byDomain(await list(store, [`www.${SHOP}`, SHOP, 'example'])), byDomain([cookies[0], cookies[2]]), 'read of a host')
    same(await list(await open(), ['nobody.example']), [], 'read of a domain without cookies')
    same(byDomain(await list(await open())), byDomain(cookies), 'read()')
  },

  async 'data: is given back as it was'(open) {
    const store = await open()
    const values = ['', '"quoted"', 'a=b&c', '\xe9\xff', 'back\\slash', '%00', 'x'.repeat(4000), '日本'.replace(/./g, latin)]
    const cookies = values.map((value, index) => cookieOf(`n${index}`, value, { expires: index % 2 ? LATER + index : null }))
    const frozen = Object.freeze(cookies.map((cookie) => Object.freeze(put(Object.freeze(cookie)))))
    await tell(store, frozen)
    same(byId(await list(await open(), [SHOP])), cookies, 'read([domain])')
  },

  async 'undefined: means that nothing has changed, and is not said before'(open) {
    const store = await open()
    same(await list(store, [SHOP]), [], 'the first answer')
    await tell(store, [put(cookieOf('a', '1'))])
    same(await list(store, [SHOP]), [cookieOf('a', '1')], 'after a change of that domain')
    await tell(store, [put(cookieOf('b', '1', { domain: OTHER }))])
    const again = await store.read([SHOP])
    if (again) same(again, [cookieOf('a', '1')], 'after a change of another domain')
    same(await list(store, [SHOP, OTHER]), [cookieOf('a', '1'), cookieOf('b', '1', { domain: OTHER })], 'a domain more')
  },

  async 'two stores at one place lose nothing'(open) {
    const stores = [await open(), await open()]
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`)
    for (const store of stores) await list(store)
    await Promise.all(names.map(async (name, index) => stores[index % 2]?.write([put(cookieOf(name, '1'))])))
    await Promise.all(stores.map(async (store) => store.flush?.()))
    same((await list(await open(), [SHOP])).map(({ id }) => id).sort(), names.map((name) => cookieOf(name).id).sort(), 'kept')
  },

  async 'two stores at one place: what one has removed the other does not bring back'(open) {
    const [one, other] = [await open(), await open()]
    await tell(one, [put(cookieOf('a', '1')), put(cookieOf('b', '1'))])
    await list(other)
    await tell(one, [remove(cookieOf('a'))])
    await tell(other, [put(cookieOf('c', '1'))])
    same(byId(await list(await open())), [cookieOf('b', '1'), cookieOf('c', '1')], 'kept')
  },

  async 'reopening: what was flushed is there'(open) {
    const store = await open()
    await list(store)
    for (let number = 0; number < 30; number++) await store.write([put(cookieOf(`n${number}`, String(number)))])
    await store.write([remove(cookieOf('n7'))])
    await store.flush?.()
    const kept = await list(await open())
    same(kept.length, 29, 'cookies after reopening')
    same(byId(await list(await open(), [SHOP])), byId(kept), 'read([domain]) beside read()')
  },

  async 'places: two places are two jars'(open) {
    const [one, other] = [await open(), await open('-other')]
    await tell(one, [put(cookieOf('a', '1'))])
    same(await list(other), [], 'read() at another place')
  },
}
