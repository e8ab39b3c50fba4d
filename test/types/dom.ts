/** Compiled under the DOM library only, with skipLibCheck: false. */
import { createSession, FetchError, type Interceptor, type Session } from 'sessionfetch'
import { type HAR, type Trace, type TraceEntry, type TraceHop, trace } from 'sessionfetch/trace'

const session: Session = createSession({
  baseURL: new URL('https://h/'),
  headers: { a: '1', b: null },
  timeout: { total: 1 },
  retry: false,
})
const asFetch: typeof fetch = session.fetch
const log: Interceptor = async (request, next) => {
  request.url.pathname = '/x'
  return next(request)
}
session.use(log)

interface Cart {
  readonly items: string[]
}
declare const schema: { '~standard': { version: 1; vendor: string; validate: (value: unknown) => { value: Cart } } }

export async function inferred(): Promise<void> {
  const unknown: unknown = await session.get('/x')
  // @ts-expect-error data is unknown until somebody says what it is
  const wrong: string = (await session.raw('/x'))._data
  const typed: Cart = await session.get<Cart>('/x')
  const checked: Cart = await session.get('/x', { schema })
  const text: string = await session.get('/x', { responseType: 'text' })
  const blob: Blob = await session.get('/x', { responseType: 'blob' })
  const response = await session.fetch('/x', { form: { a: [1, 2] }, method: 'POST' })
  const history: number = response.history.length + response.elapsed
  const next: string | undefined = response.links.next?.url
  const raw: Cart | undefined = (await session.raw<Cart>('/x'))._data
  const checkedRaw: Cart | undefined = (await session.raw('/x', { schema }))._data
  const status: number = (await session.head('/x')).status
  try {
    await session.post('/x', { body: { a: 1 } })
  } catch (error) {
    if (error instanceof FetchError) console.log(error.status, error.data)
  }
  console.log(unknown, wrong, typed, checked, text, blob, history, next, raw, checkedRaw, status, asFetch)
}

// @ts-expect-error a misspelled option
createSession({ baseUrl: 'https://h/' })
// @ts-expect-error a misspelled option of a call
void session.get('/x', { querry: {} })
// @ts-expect-error form and body contradict each other
void session.post('/x', { form: { a: 1 }, body: 'x' })
// @ts-expect-error form and body contradict each other
void session.fetch('/x', { form: { a: 1 }, body: 'x' })
// @ts-expect-error session.fetch does not parse
void session.fetch('/x', { schema })
// @ts-expect-error session.fetch sends no plain object
void session.fetch('/x', { body: { a: 1 } })
// @ts-expect-error a timeout is a number
createSession({ timeout: '10' })
// @ts-expect-error live, but not assignable
session.headers = new Headers()
session.auth = { token: async () => 'x' }
session.auth = null

export function record(): string {
  const t: Trace = trace({ limit: 10, bodies: true, maxBodyBytes: 1000, secrets: false })
  const detach: () => void = t.attach(createSession({ ...t.options }))
  detach()
  const har: HAR = t.toHAR()
  const [entry]: readonly TraceEntry[] = t.entries
  const hop: TraceHop | undefined = entry?.attempts[0]?.hops[0]
  // @ts-expect-error a misspelled option
  trace({ body: true })
  return `${har.log.version} ${entry ? t.toCurl(entry) : ''} ${hop ? t.toCurl(hop) : ''} ${t.toText()}`
}
