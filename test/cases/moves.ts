/** All ways in which a request can be moved to another origin, and all secrets that must then stay behind. */
import type { SessionOptions, SessionRequest } from '../../src/index.ts'
import { createSession } from '../../src/index.ts'
import type { Memory } from '../support/memory.ts'

export const A = 'https://a.example/'
export const B = 'https://b.example/'

/** Sends a POST at A that ends at B: options for the session, and how it is sent. */
export interface Move {
  readonly options?: SessionOptions
  readonly send: (options: SessionOptions, memory: Memory) => Promise<unknown>
  /** Whether it is a server at A that moves the request. */
  readonly redirects?: boolean
  /** Secrets that this move does not test; the reason stands beside each. */
  readonly except?: readonly string[]
}

const there = () => new URL('moved', B)
const post = (options: SessionOptions) => createSession(options).fetch('/x', { method: 'POST', body: 'x' })
const mover = (request: SessionRequest, next: (request: SessionRequest) => Promise<Response>) => {
  request.url = there()
  return next(request)
}

/** An interceptor runs after the move, and so sets its header for B: that is its author's will. */
const SETS_LATER = ['a header that an interceptor sets']
/** A header that is there already wins over `auth`, and the flow does not run. */
const WINS = ['an Authorization header', 'a header that an interceptor sets']

/** [what moves it, how] */
export const moves: Readonly<Record<string, Move>> = {
  'a redirect': { redirects: true, send: post },
  'an interceptor': { options: { interceptors: [mover] }, send: post },
  'an interceptor of the call': {
    send: (options) => createSession(options).fetch('/x', { method: 'POST', body: 'x', interceptors: [mover] }),
  },
  'an interceptor that spreads the request': {
    options: { interceptors: [(request, next) => next({ ...request, url: there(), headers: request.headers })] },
    send: post,
  },
  'a hop interceptor': { options: { hopInterceptors: [mover] }, send: post },
  'a hop interceptor that appends to what it finds': {
    options: {
      hopInterceptors: [
        (request, next) => {
          for (const [name, value] of [...request.headers]) request.headers.set(name, `${value}; more=1`)
          return mover(request, next)
        },
      ],
    },
    send: post,
  },
  'the second of two hop interceptors': { options: { hopInterceptors: [(request, next) => next(request), mover] }, send: post },
  'an auth flow': {
    options: {
      auth: async function* (request) {
        yield { ...request, url: there(), headers: request.headers }
      },
    },
    except: WINS,
    send: post,
  },
  'a hook': {
    options: {
      onRequest: (context) => {
        context.request = there().href
      },
    },
    except: SETS_LATER,
    send: (options) => createSession(options).post('/x', { body: 'x' }),
  },
  'a prepared request that is changed': {
    except: SETS_LATER,
    async send(options) {
      const session = createSession(options)
      const prepared = await session.prepare('/x', { method: 'POST', body: 'x' })
      prepared.url = there()
      return session.send(prepared)
    },
  },
  'an absolute URL': {
    except: SETS_LATER,
    send: (options) => createSession(options).fetch(there(), { method: 'POST', body: 'x' }),
  },
  "a call's own baseURL": {
    except: SETS_LATER,
    send: (options) => createSession(options).fetch('/x', { baseURL: B, method: 'POST', body: 'x' }),
  },
  'a child at another origin': {
    except: SETS_LATER,
    send: (options) => createSession(options).extend({ baseURL: B }).post('/x', { body: 'x' }),
  },
}

/** [the secret, the session's options, the header that would carry it] */
export const secrets: readonly (readonly [name: string, options: SessionOptions, header: string])[] = [
  ['a token', { auth: { token: 's3cret' } }, 'authorization'],
  ['a password', { auth: { username: 'ada', password: 's3cret' } }, 'authorization'],
  ['an Authorization header', { headers: { authorization: 's3cret' } }, 'authorization'],
  ['a Cookie header', { headers: { cookie: 'sid=s3cret' } }, 'cookie'],
  ['a Proxy-Authorization header', { headers: { 'proxy-authorization': 's3cret' } }, 'proxy-authorization'],
  ['a sensitive header', { headers: { 'x-key': 's3cret' }, sensitiveHeaders: ['x-key'] }, 'x-key'],
  ['cookies', { cookies: { sid: 's3cret' } }, 'cookie'],
  ['a CSRF token', { csrf: { header: 'x-csrf', token: () => 's3cret' } }, 'x-csrf'],
  [
    'a header that an interceptor sets',
    {
      interceptors: [
        (request, next) => {
          request.headers.set('authorization', 's3cret')
          return next(request)
        },
      ],
    },
    'authorization',
  ],
]
