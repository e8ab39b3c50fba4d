/** Compiled under each setting of TypeScript, as an ES module and as CommonJS. */
import { createSession, FetchError, paginate, type Session } from 'sessionfetch'
import { events, lines } from 'sessionfetch/events'
import { cookiesTxt } from 'sessionfetch/formats'
import { sessionForRequest } from 'sessionfetch/server'
import { fileStore, type JarStore } from 'sessionfetch/stores'
import { storeCases } from 'sessionfetch/stores/testing'
import { trace } from 'sessionfetch/trace'

interface Cart {
  readonly items: readonly string[]
}

export async function cart(session: Session = createSession({ baseURL: 'https://shop.example' })): Promise<readonly string[]> {
  const text: string = cookiesTxt.write(await session.cookies.getAll())
  const visitor = sessionForRequest({ headers: new Headers({ cookie: text }) }, { session })
  for await (const page of paginate(visitor, '/pages')) void page.links
  const { items } = await session.get<Cart>('/cart').catch((error: unknown) => {
    if (error instanceof FetchError && error.status === 404) return { items: [] as readonly string[] }
    throw error
  })
  return items
}

export async function subPaths(store: JarStore = fileStore('jar.json')): Promise<string> {
  const recorded = trace()
  const session = createSession({ baseURL: 'https://shop.example', jar: store, ...recorded.options })
  for await (const { id, data } of events(session, '/events')) void (id + data)
  for await (const line of lines(await session.fetch('/lines'))) void line.length
  for (const { name, run } of storeCases(() => store)) await run().catch(() => name)
  return JSON.stringify(recorded.toHAR())
}

// @ts-expect-error a number is no path
void createSession().get(1)
