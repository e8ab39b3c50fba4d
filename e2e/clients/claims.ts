/** What docs/clients.md says of these clients, each as a function that shows it. */
import axios from 'axios'
import ky from 'ky'
import { createFetch, type FetchOptions } from 'ofetch'
import OpenAI from 'openai'
import { createSession, type Session } from 'sessionfetch'

/** Shows a claim against a server whose `/flaky` fails twice with 503, and whose `/loop` leads to itself. */
export type Claim = (base: string) => Promise<unknown>

const sessionAt = (baseURL: string): Session =>
  createSession({ baseURL, auth: { token: 'own' }, retry: { limit: 2, delay: () => 1 } })

/** ofetch types its fetch as the platform's, whose `init` has no `retry`. */
type OfetchInit = RequestInit & Pick<FetchOptions, 'retry'>

export const CLAIMS: Readonly<Record<string, Claim>> = {
  'an SDK that sets Authorization switches auth off': async (base) => {
    const client = new OpenAI({ apiKey: 'key', baseURL: base, fetch: sessionAt(base).fetch, maxRetries: 0 })
    return (await client.get('/authorization')) as string
  },
  'null for its header brings auth back': async (base) => {
    const defaultHeaders = { Authorization: null }
    const client = new OpenAI({ apiKey: 'key', baseURL: base, fetch: sessionAt(base).fetch, maxRetries: 0, defaultHeaders })
    return (await client.get('/authorization')) as string
  },
  "ofetch's own retry wins, also 0": (base) =>
    statusOf(createFetch({ fetch: sessionAt(base).fetch })(`${base}/flaky`, { retry: 0 })),
  "ofetch's retry taken out leaves the session's": (base) => {
    const session = sessionAt(base)
    const fetch = (input: string | URL | Request, { retry, ...init }: OfetchInit = {}) => session.fetch(input, init)
    return statusOf(createFetch({ fetch })(`${base}/flaky`, { retry: 0 }))
  },
  "a session in ofetch's place takes its options": (base) => statusOf(sessionAt(base)('/flaky')),
  'ofetch parses and runs its hooks once': async (base) => {
    let hooks = 0
    const $fetch = createFetch({ fetch: sessionAt(base).fetch })
    const data = await $fetch(`${base}/authorization`, {
      responseType: 'text',
      parseResponse: (text) => `parsed ${text.length > 0}`,
      onResponse: () => void hooks++,
    })
    return [data, hooks]
  },
  "ky with retry 0 leaves the session's": (base) => {
    const client = ky.create({ prefixUrl: base, fetch: sessionAt(base).fetch, retry: 0 })
    return statusOf(client.get('flaky').json())
  },
  "axios hides an error that has a response, as it cannot write to the response's headers": (base) =>
    axios
      .create({ baseURL: base, adapter: 'fetch', env: { fetch: sessionAt(base).fetch } })
      .get('/loop')
      .catch(nameOf),
  'axios shows it when it comes as the cause of an error': (base) => {
    const session = sessionAt(base)
    const fetch: typeof globalThis.fetch = (input, init) =>
      session.fetch(input, init).catch((error: Error) => {
        throw new Error(error.message, { cause: error })
      })
    return axios.create({ baseURL: base, adapter: 'fetch', env: { fetch } }).get('/loop').catch(causesOf)
  },
}

function statusOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 200,
    (error: { readonly status?: number }) => error.status,
  )
}

function nameOf(error: Error): string {
  return error.name
}

function causesOf(error: Error): string[] {
  return [error.name, ...(error.cause instanceof Error ? causesOf(error.cause) : [])]
}
