/** One real thing with each sub-path of the package: `SUB_PATHS[name](module, { createSession, origin, folder })`. Throws for what is wrong. */
export const SUB_PATHS = {
  formats({ cookiesTxt, cookieHeader }) {
    const { cookies } = cookiesTxt.read('# Netscape HTTP Cookie File\n.shop.example\tTRUE\t/\tTRUE\t0\tsid\t42\n')
    same(cookieHeader.write(cookies), 'sid=42')
  },

  async trace({ trace }, { createSession, origin }) {
    const seen = trace()
    const session = createSession({ baseURL: origin, ...seen.options })
    await session.get('/echo', { auth: { token: 's3cret' } })
    const [{ response }] = seen.toHAR().log.entries
    same([response.status, seen.entries.length], [200, 1])
    same(/^curl .*\/echo/.test(seen.toCurl(seen.entries[0])), true)
    same(seen.toText().includes('s3cret'), false)
  },

  async events({ events, lines }, { createSession, origin }) {
    const session = createSession({ baseURL: origin })
    const seen = []
    for await (const { id, data } of events(session, '/events')) seen.push(`${id} ${data}`)
    same(seen, ['1 first', '2 second'])
    const text = []
    for await (const line of lines(await session.fetch('/lines'))) text.push(line)
    same(text, ['one', 'two'])
  },

  async server({ sessionForRequest }, { origin }) {
    const request = { headers: new Headers({ cookie: 'sid=7; other=1', host: 'shop.example' }) }
    const visitor = sessionForRequest(request, { baseURL: origin, forward: ['sid'] })
    same((await visitor.get('/echo')).headers.cookie, 'sid=7')
    await visitor.get('/set', { query: { cookie: 'cart=1; HttpOnly' } })
    same(visitor.setCookieHeaders(), ['cart=1; HttpOnly; Path=/'])
  },

  async stores({ fileStore }, { createSession, origin, folder }) {
    const open = () => createSession({ baseURL: origin, jar: fileStore(`${folder}/jar.json`, { key: 'a passphrase' }) })
    const first = open()
    await first.get('/set', { query: { cookie: 'kept=1; Path=/' } })
    await first.close()
    same((await open().get('/echo')).headers.cookie, 'kept=1')
  },

  async 'stores/testing'({ storeCases }) {
    const cases = storeCases(mapStore)
    for (const { run } of cases) await run()
    same(cases.length > 5, true)
  },
}

/** Does each of them, and gives their names. */
export async function doSubPaths(modules, context) {
  for (const [name, module] of Object.entries(modules)) await SUB_PATHS[name](module, context)
  return Object.keys(modules).join(', ')
}

function same(found, expected) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value))
  if (a !== b) throw new Error(`${a} is not ${b}`)
}

const places = new Map()
const keyOf = ({ domain, id }) => `${domain} ${id}`

/** The store of docs/stores.md. */
function mapStore(place) {
  return {
    read(domains) {
      const cookies = [...(places.get(place)?.values() ?? [])]
      return domains ? cookies.filter(({ domain }) => domains.includes(domain)) : cookies
    },
    write(changes) {
      const next = new Map(places.get(place))
      for (const { put, remove } of changes) put ? next.set(keyOf(put), put) : next.delete(keyOf(remove))
      places.set(place, next)
    },
  }
}
