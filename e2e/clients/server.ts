/**
 * The server that every client talks to. It asks for the cookie of a log-in and a token that has not expired, and redirects
 * everything under `/moved/`, with a new cookie: the first call of a client needs log-in, refresh and redirect.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { initTRPC } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { buildSchema, graphql } from 'graphql'
import { listen, portOf } from '../loopback.ts'

export interface Arrived {
  readonly method: string
  readonly path: string
  readonly status: number
}

export interface ClientServer {
  readonly origin: string
  /** The requests of a user with their statuses, in order. */
  logOf(user: string): readonly Arrived[]
  close(): Promise<void>
}

const t = initTRPC.create()
const router = t.router({
  pet: t.procedure.input((id) => Number(id)).query(({ input }) => ({ id: input, name: 'Rex' })),
  adopt: t.procedure.input(String).mutation(({ input }) => `${input} is yours`),
})
/** For the client of tRPC. */
export type Router = typeof router
const trpc = createHTTPHandler({ router, basePath: '/trpc/' })

const schema = buildSchema('type Pet { id: ID!, name: String } type Query { pet(id: ID!): Pet }')
const rootValue = { pet: ({ id }: { id: string }) => ({ id, name: 'Rex' }) }

type Page = (request: IncomingMessage, response: ServerResponse, user: string) => unknown

const failuresLeft = new Map<string, number>()

const PAGES: Readonly<Record<string, Page>> = {
  'GET /pets/7': (_, response) => json(response, { id: 7, name: 'Rex' }),
  'POST /pets': async (request, response) => json(response, { id: 8, ...(await bodyOf(request)) }, 201),
  'GET /items': (_, response, user) => json(response, { items: [user] }),
  'GET /rest/v1/pets': (_, response) => json(response, [{ id: 7, name: 'Rex' }]),
  'POST /rest/v1/pets': async (request, response) => json(response, [await bodyOf(request)], 201),
  'POST /graphql': async (request, response) => {
    const { query, variables } = (await bodyOf(request)) as { query: string; variables?: Record<string, unknown> }
    json(response, await graphql({ schema, source: query, rootValue, variableValues: variables ?? null }))
  },
  'POST /v1/chat/completions': async (request, response) => {
    const { messages, stream } = (await bodyOf(request)) as { messages: { content: string }[]; stream?: boolean }
    const words = ['You', ' said', ` ${messages[0]?.content}`]
    if (!stream) return json(response, { choices: [{ index: 0, message: { role: 'assistant', content: words.join('') } }] })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of words) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    response.end('data: [DONE]\n\n')
  },
  'GET /flaky': (_, response, user) => {
    const left = failuresLeft.get(user) ?? 2
    failuresLeft.set(user, left - 1)
    if (left > 0) response.destroy()
    else json(response, { left })
  },
}

/** Starts it on a free port of loopback. */
export async function startClientServer(): Promise<ClientServer> {
  const logs = new Map<string, Arrived[]>()
  const server = createServer((request, response) => {
    const { user } = credentials(request)
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    response.once('close', () => {
      const entry = { method: request.method ?? '', path, status: response.headersSent ? response.statusCode : 0 }
      logs.set(user, [...(logs.get(user) ?? []), entry])
    })
    answer(request, response, path)
  })
  await listen(server)
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    logOf: (user) => logs.get(user) ?? [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function credentials({ headers }: IncomingMessage): { user: string; cookie: string; token: string } {
  const [, cookie = ''] = /(?:^|; )sid=([^;]*)/.exec(headers.cookie ?? '') ?? []
  return { cookie, user: cookie.split('.')[0] ?? '', token: headers.authorization ?? '' }
}

async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const { user, cookie, token } = credentials(request)
  if (path === '/login') {
    const form = new URLSearchParams(await textOf(request))
    const line = `sid=${form.get('user')}.in; HttpOnly; Path=/`
    return void response.writeHead(form.get('password') === 'secret' ? 204 : 403, { 'set-cookie': line }).end()
  }
  if (user === '') return json(response, { error: 'log in first' }, 401)
  if (path === '/token') return void response.end(`fresh-${user}`)
  if (path.startsWith('/moved/')) {
    const location = (request.url ?? '').slice('/moved'.length)
    return void response.writeHead(307, { location, 'set-cookie': `sid=${user}.moved; HttpOnly; Path=/` }).end()
  }
  if (cookie !== `${user}.moved`) return json(response, { error: 'this cookie is over' }, 401)
  if (token !== `Bearer fresh-${user}`) return json(response, { error: 'this token is over' }, 401)
  if (path.startsWith('/trpc/')) return void trpc(request, response)
  const page = PAGES[`${request.method} ${path}`]
  if (page) await page(request, response, user)
  else json(response, { error: 'no such page' }, 404)
}

function json(response: ServerResponse, data: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  return JSON.parse(await textOf(request))
}
