/** Compiled under each setting of TypeScript, as an ES module and as CommonJS. */
import { createSession, FetchError, paginate, type Session } from 'sessionfetch'
import { cookiesTxt } from 'sessionfetch/formats'
import { sessionForRequest } from 'sessionfetch/server'

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

// @ts-expect-error a number is no path
void createSession().get(1)
