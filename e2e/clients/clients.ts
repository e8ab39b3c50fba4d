/** Real clients, unmodified, each given `session.fetch` in the way in which its own documentation takes a fetch. */
import { createClient as createSupabase } from '@supabase/supabase-js'
import { QueryClient, QueryObserver } from '@tanstack/query-core'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import axios from 'axios'
import { GraphQLClient, gql } from 'graphql-request'
import ky from 'ky'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { $Fetch } from 'ofetch'
import OpenAI from 'openai'
import createOpenAPI from 'openapi-fetch'
import pRetry from 'p-retry'
import type { Session } from 'sessionfetch'
import type { Router } from './server.ts'

/** Uses a client over a session, at a base that redirects every path, and gives what the client got. */
export type Client = (session: Session, base: string) => Promise<unknown>

/** The types of the API, as openapi-typescript writes them. */
interface Paths {
  '/pets/{id}': {
    get: {
      parameters: { path: { id: number } }
      responses: { 200: { content: { 'application/json': { id: number; name: string } } } }
    }
  }
  '/pets': {
    post: {
      parameters: object
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 201: { content: { 'application/json': { id: number; name: string } } } }
    }
  }
}

const withOpenAPIFetch: Client = async (session, base) => {
  const client = createOpenAPI<Paths>({ baseUrl: base, fetch: session.fetch })
  const created = await client.POST('/pets', { body: { name: 'Rex' } })
  const read = await client.GET('/pets/{id}', { params: { path: { id: 7 } } })
  return [created.data, read.data]
}

/** It sets `Authorization` itself, which wins over the session's `auth`: `null` leaves it out. */
const withOpenAI: Client = async (session, base) => {
  const client = new OpenAI({
    apiKey: 'not used',
    baseURL: `${base}/v1`,
    fetch: session.fetch,
    defaultHeaders: { Authorization: null },
  })
  const messages = [{ role: 'user' as const, content: 'hello' }]
  const stream = await client.chat.completions.create({ model: 'm', messages, stream: true })
  const words: unknown[] = []
  for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content)
  const whole = await client.chat.completions.create({ model: 'm', messages })
  return [words, whole.choices[0]?.message.content]
}

const withGraphQLRequest: Client = (session, base) => {
  const client = new GraphQLClient(`${base}/graphql`, { fetch: session.fetch })
  return client.request(gql`query ($id: ID!) { pet(id: $id) { id name } }`, { id: '7' })
}

const withTRPC: Client = async (session, base) => {
  const client = createTRPCClient<Router>({ links: [httpBatchLink({ url: `${base}/trpc`, fetch: session.fetch })] })
  const [pet, adopted] = await Promise.all([client.pet.query(7), client.adopt.mutate('Rex')])
  return [pet, adopted]
}

/** It puts its key into `Authorization` where there is none, which wins over the session's `auth`: taken out on the way. */
const withSupabase: Client = async (session, base) => {
  const client = createSupabase(base, 'key', {
    auth: { persistSession: false, autoRefreshToken: false },
    // Node 20 has no WebSocket, and nothing here is live: it only asks for a class.
    realtime: { transport: class {} as never },
    global: {
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        headers.delete('authorization')
        return session.fetch(input, { ...init, headers })
      },
    },
  })
  const inserted = await client.from('pets').insert({ name: 'Rex' }).select()
  const read = await client.from('pets').select('*')
  return [inserted.data, read.data, inserted.error ?? read.error]
}

const withTanStackQuery: Client = async (session, base) => {
  const client = new QueryClient()
  const options = {
    queryKey: ['items'],
    queryFn: ({ signal }: { signal: AbortSignal }) => session.get<{ items: string[] }>(`${base}/items`, { signal }),
  }
  const first = await client.fetchQuery(options)
  const stop = new QueryObserver(client, options).subscribe(() => undefined)
  // A refetch that is cancelled: the session's call is aborted, and the data stays.
  const again = client.refetchQueries({ queryKey: ['items'] })
  await client.cancelQueries({ queryKey: ['items'] })
  await again
  stop()
  const state = client.getQueryState(['items'])
  client.clear()
  return [first, state?.status, state?.fetchStatus]
}

/** It repeats what looks like a network error, which it knows by the platform's words. */
const withPRetry: Client = async (session, base) => {
  let tries = 0
  const run = async () => {
    tries++
    return (await session.fetch(`${base}/flaky`)).json()
  }
  const data = await pRetry(run, { retries: 3, minTimeout: 1 })
  // Connections of its own send once more by themselves when a kept one ends.
  return [data, tries > 1]
}

/** The handlers stand in for the server: log-in and refresh are real, the page and its redirect are not. */
const withMSW: Client = async (session, base) => {
  const seen: (string | null)[] = []
  const handlers = [
    http.get(`${base}/mock`, () => new HttpResponse(null, { status: 302, headers: { location: `${base}/mocked` } })),
    http.get(`${base}/mocked`, ({ request }) => {
      const token = request.headers.get('authorization')
      seen.push(request.headers.get('cookie'))
      return token?.startsWith('Bearer fresh-') ? HttpResponse.json({ mocked: true }) : new HttpResponse(null, { status: 401 })
    }),
  ]
  const server = setupServer(...handlers)
  server.listen({ onUnhandledRequest: 'bypass' })
  try {
    return [await session.get(`${base}/mock`), seen]
  } finally {
    server.close()
  }
}

/** A session is an ofetch instance: it goes wherever one is asked for. */
const withOfetch: Client = async (session, base) => {
  const $fetch: $Fetch = session
  const nested = $fetch.create({ baseURL: base })
  const items = await nested<{ items: string[] }>('/items', { query: { page: 1 } })
  const response = await $fetch.raw(`${base}/pets`, { method: 'POST', body: { name: 'Rex' } })
  const missing = await $fetch(`${base}/nothing`).catch((error: { status?: number }) => error.status)
  return [items, response.status, response._data, missing]
}

const withAxios: Client = async (session, base) => {
  const client = axios.create({ baseURL: base, adapter: 'fetch', env: { fetch: session.fetch } })
  const created = await client.post('/pets', { name: 'Rex' })
  const items = await client.get('/items')
  const missing = await client.get('/nothing').catch((error: { response?: { status: number } }) => error.response?.status)
  return [created.data, items.data, missing]
}

/** It repeats failed requests on its own: its `retry` is 0, and the session's is used. */
const withKy: Client = async (session, base) => {
  const client = ky.create({ prefixUrl: base, fetch: session.fetch, retry: 0 })
  const created = await client.post('pets', { json: { name: 'Rex' } }).json()
  return [created, await client.get('items').json()]
}

export const CLIENTS: Readonly<Record<string, Client>> = {
  'openapi-fetch': withOpenAPIFetch,
  openai: withOpenAI,
  'graphql-request': withGraphQLRequest,
  '@trpc/client': withTRPC,
  '@supabase/supabase-js': withSupabase,
  '@tanstack/query-core': withTanStackQuery,
  'p-retry': withPRetry,
  msw: withMSW,
  ofetch: withOfetch,
  axios: withAxios,
  ky: withKy,
}
