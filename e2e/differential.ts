/** Inputs for e2e/node/differential.spec.ts: calls, and the answers of a raw server. */
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'

/** A call, and the answer to it. */
export interface Case {
  readonly name: string
  /** The path, at the echo server, or at the raw server where there is an `answer`. */
  readonly path?: string
  /** A whole URL, in place of the path. */
  readonly url?: string
  /** Made anew for each send, since a body can be read once. */
  readonly init?: () => RequestInit & Record<string, unknown>
  /** The bytes that the raw server answers, write by write. */
  readonly answer?: readonly (string | Uint8Array)[]
  /** How the raw server ends the connection. By default it is kept, for answers that say their length. */
  readonly end?: 'close' | 'reset' | 'stay'
  /** Milliseconds after which the caller aborts; negative: before the call. */
  readonly abortAfter?: number
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

/** An answer with a length. */
function reply(lines: readonly string[], body: string | Uint8Array = 'text', status = '200 OK'): readonly Uint8Array[] {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const head = [`HTTP/1.1 ${status}`, ...lines, `content-length: ${bytes.byteLength}`, '', ''].join('\r\n')
  return [new Uint8Array(Buffer.concat([Buffer.from(head, 'latin1'), bytes]))]
}

const methods: Case[] = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST', 'PUT', 'PATCH', 'PROPFIND', 'QUERY', 'x-own'].map(
  (method) => ({
    name: `method ${method}`,
    init: () => ({ method }),
  }),
)
const methodsWithBody: Case[] = ['OPTIONS', 'DELETE', 'PUT', 'PATCH', 'PROPFIND', 'QUERY'].map((method) => ({
  name: `method ${method} with a body`,
  init: () => ({ method, body: 'text' }),
}))

function formOf(entries: readonly (readonly [string, string | Blob, string?])[]): FormData {
  const form = new FormData()
  for (const [name, value, filename] of entries)
    typeof value === 'string' ? form.append(name, value) : form.append(name, value, filename)
  return form
}

async function* texts() {
  yield 'one'
  yield 'two'
}

const bodies: Readonly<Record<string, () => unknown>> = {
  text: () => 'text',
  'an empty text': () => '',
  'text beyond ASCII': () => 'grüße €',
  parameters: () => new URLSearchParams('a=1&b=%20ä'),
  'no parameters': () => new URLSearchParams(),
  bytes: () => new Uint8Array([0, 1, 255]),
  'no bytes': () => new Uint8Array(),
  'a part of bytes': () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  'a buffer': () => new Uint8Array([1, 2]).buffer,
  'a view': () => new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
  'an array of numbers': () => new Uint16Array([1, 500]),
  'a Blob': () => new Blob(['blob'], { type: 'text/x' }),
  'a Blob without a type': () => new Blob(['blob']),
  'an empty Blob': () => new Blob([], { type: 'text/x' }),
  'a large Blob': () => new Blob(['x'.repeat(1_000_000)]),
  'a File': () => new File(['file'], 'a.txt', { type: 'text/plain' }),
  'a form': () =>
    formOf([
      ['a', '1'],
      ['a', '2'],
      ['b', 'line\nbreak\r\n'],
    ]),
  'a form of files': () =>
    formOf([
      ['f', new Blob(['file'], { type: 'text/x' }), 'n"a\nme.txt'],
      ['g', new Blob(['raw'])],
    ]),
  'a form with a name beyond ASCII': () =>
    formOf([
      ['ä€', 'ü'],
      ['f', new Blob(['x']), 'ß.txt'],
    ]),
  'an empty form': () => formOf([]),
  'a stream': () => new Response('stream').body,
  'an empty stream': () => new ReadableStream({ start: (controller) => controller.close() }),
  'a stream of two chunks': () =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(latin1('one'))
        controller.enqueue(latin1('two'))
        controller.close()
      },
    }),
  'a stream of texts': () =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue('text')
        controller.close()
      },
    }),
  'a stream that fails': () => new ReadableStream({ start: (controller) => controller.error(new RangeError('mine')) }),
  'a stream that fails later': () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(latin1('one')),
      pull: () => new Promise((_, reject) => setTimeout(reject, 30, new RangeError('mine'))),
    }),
  'an iterator': () => texts(),
  "a stream of Node's": () => Readable.from([Buffer.from('one'), Buffer.from('two')]),
  'a large text': () => 'x'.repeat(1_000_000),
}
const withBodies: Case[] = Object.entries(bodies).map(([name, body]) => ({
  name: `body: ${name}`,
  init: () => ({ method: 'POST', body: body() as NonNullable<RequestInit['body']> }),
}))

const headers: Readonly<Record<string, Record<string, string | null>>> = {
  accept: { accept: 'text/html' },
  'accept-language': { 'accept-language': 'de' },
  'accept-encoding': { 'accept-encoding': 'br' },
  'accept-encoding identity': { 'accept-encoding': 'identity' },
  'an empty accept-encoding': { 'accept-encoding': '' },
  'no user-agent': { 'user-agent': null },
  'user-agent': { 'user-agent': 'me/1' },
  range: { range: 'bytes=0-1' },
  'range and accept-encoding': { range: 'bytes=0-1', 'accept-encoding': 'gzip' },
  host: { host: 'other.example' },
  cookie: { cookie: 'a=1; b=2', 'aa-first': '1', 'z-last': '1' },
  'connection close': { connection: 'close' },
  'connection keep-alive': { connection: 'keep-alive' },
  'connection upgrade': { connection: 'upgrade' },
  'connection of no token': { connection: 'a b' },
  'transfer-encoding': { 'transfer-encoding': 'chunked' },
  'keep-alive': { 'keep-alive': 'timeout=5' },
  upgrade: { upgrade: 'websocket' },
  expect: { expect: '100-continue' },
  te: { te: 'trailers' },
  trailer: { trailer: 'x' },
  via: { via: '1.1 me' },
  referer: { referer: 'http://r.example/' },
  origin: { origin: 'http://o.example' },
  'sec-fetch-mode': { 'sec-fetch-mode': 'navigate' },
  'sec-fetch-site': { 'sec-fetch-site': 'none' },
  'a latin-1 value': { 'x-a': 'gr\u00fc\u00dfe' },
  'an empty value': { 'x-a': '' },
  'blanks around a value': { 'x-a': '  a  ' },
  'a long value': { 'x-a': 'x'.repeat(8000) },
  'many names': Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`x-${at}`, String(at)])),
  'upper case': { 'X-Upper-Case': 'A' },
  'cache-control': { 'cache-control': 'no-store' },
  pragma: { pragma: 'x' },
  'if-none-match': { 'if-none-match': '"x"' },
  authorization: { authorization: 'Bearer x' },
  'names of every object': { constructor: 'a', tostring: 'b', __proto: 'c' },
  date: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
  dnt: { dnt: '1' },
  'content-length of no body': { 'content-length': '0' },
  'a wrong content-length of no body': { 'content-length': '3' },
}
const withHeaders: Case[] = Object.entries(headers).map(([name, given]) => ({
  name: `header: ${name}`,
  init: () => ({ headers: given as never }),
}))
const bodyHeaders: Readonly<Record<string, Record<string, string>>> = {
  'content-type': { 'content-type': 'application/x-own' },
  'an empty content-type': { 'content-type': '' },
  'content-length': { 'content-length': '4' },
  'a content-length too large': { 'content-length': '9' },
  'a content-length too small': { 'content-length': '1' },
  'a content-length of no number': { 'content-length': 'x' },
  'content-encoding': { 'content-encoding': 'gzip' },
}
const withBodyHeaders: Case[] = Object.entries(bodyHeaders).map(([name, given]) => ({
  name: `header of a body: ${name}`,
  init: () => ({ method: 'POST', body: 'text', headers: given }),
  abortAfter: 500,
}))

const paths: Case[] = [
  '/?',
  '/?a',
  '/?a=%20b',
  '/#part',
  '/?#part',
  '/?a#part',
  '/%C3%A4',
  '/ä',
  '/a b',
  '/a//b',
  "/'();:@&=+$,",
  `/${'x'.repeat(3000)}`,
].map((path) => ({ name: `path ${path.slice(0, 20)}`, path }))

const STATUSES =
  '200 201 202 203 205 206 207 208 226 300 305 306 400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 426 428 429 431 451 499 500 501 502 503 504 505 511 599 600 700 999'
const statuses: Case[] = STATUSES.split(' ').map((status) => ({
  name: `status ${status}`,
  answer: reply([], 'text', `${status} Word`),
}))
const emptyStatuses: Case[] = ['204', '304'].map((status) => ({
  name: `status ${status}`,
  answer: [`HTTP/1.1 ${status} Word\r\nx-a: 1\r\n\r\n`],
  end: 'stay',
}))

const text = 'ada '.repeat(300)
const zstd = (zlib as unknown as { zstdCompressSync?: (text: string) => Buffer }).zstdCompressSync
const coded: Readonly<Record<string, readonly [string, Uint8Array]>> = {
  gzip: ['gzip', zlib.gzipSync(text)],
  GZIP: ['GZIP', zlib.gzipSync(text)],
  'x-gzip': ['x-gzip', zlib.gzipSync(text)],
  deflate: ['deflate', zlib.deflateSync(text)],
  'raw deflate': ['deflate', zlib.deflateRawSync(text)],
  br: ['br', zlib.brotliCompressSync(text)],
  zstd: ['zstd', zstd ? zstd(text) : Buffer.from(text)],
  identity: ['identity', Buffer.from(text)],
  'gzip, identity': ['gzip, identity', zlib.gzipSync(text)],
  'gzip, br': ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
  unknown: ['own', Buffer.from(text)],
  'gzip and unknown': ['own, gzip', zlib.gzipSync(text)],
  'an empty word': ['gzip,', zlib.gzipSync(text)],
  nothing: ['', Buffer.from(text)],
  five: ['gzip,gzip,gzip,gzip,gzip', [1, 2, 3, 4, 5].reduce((bytes) => zlib.gzipSync(bytes), Buffer.from(text))],
  six: ['gzip,gzip,gzip,gzip,gzip,gzip', Buffer.from(text)],
  'gzip cut off': ['gzip', zlib.gzipSync(text).subarray(0, 20)],
  'gzip that is none': ['gzip', Buffer.from('no gzip at all')],
  'br that is none': ['br', Buffer.from('no brotli at all')],
  'deflate that is none': ['deflate', Buffer.from([8, 1, 2, 3])],
  'gzip without a byte': ['gzip', Buffer.alloc(0)],
  'gzip with bytes behind': ['gzip', Buffer.concat([zlib.gzipSync(text), Buffer.from('behind')])],
  'two members of gzip': ['gzip', Buffer.concat([zlib.gzipSync(text), zlib.gzipSync(text)])],
}
const codings: Case[] = Object.entries(coded).map(([name, [coding, bytes]]) => ({
  name: `coding ${name}`,
  answer: reply([`content-encoding: ${coding}`], bytes),
}))

const answers: Readonly<Record<string, Omit<Case, 'name'>>> = {
  'two lines of one name': { answer: reply(['x-a: 1', 'X-A: 2']) },
  'two cookies': { answer: reply(['set-cookie: a=1', 'Set-Cookie: b=2, c']) },
  'a latin-1 value': { answer: reply(['x-a: gr\u00fc\u00dfe']) },
  'a UTF-8 value': { answer: reply([`x-a: ${Buffer.from('grüße €').toString('latin1')}`]) },
  'an empty value': { answer: reply(['x-a:']) },
  'blanks around a value': { answer: reply(['x-a: \t a \t ']) },
  'names of every object': { answer: reply(['constructor: a', 'toString: b', 'hasOwnProperty: c']) },
  'two lines of content-encoding': {
    answer: reply(['content-encoding: gzip', 'content-encoding: br'], zlib.brotliCompressSync(zlib.gzipSync(text))),
  },
  'a folded line': { answer: reply(['x-a: 1', ' 2']) },
  'no reason': { answer: reply([], 'text', '200') },
  'a latin-1 reason': { answer: reply([], 'text', '200 gr\u00fc\u00df') },
  'a UTF-8 reason': { answer: reply([], 'text', `200 ${Buffer.from('€').toString('latin1')}`) },
  'a content-type': { answer: reply(['content-type: text/html; charset=latin1'], latin1('gr\u00fc\u00df')) },
  JSON: { answer: reply(['content-type: application/json'], '{"a":1}') },
  'JSON with a mark': { answer: reply(['content-type: application/json'], '\ufeff{"a":1}') },
  'JSON that is none': { answer: reply(['content-type: application/json'], '{"a":') },
  'no body': { answer: reply([], '') },
  chunks: {
    answer: [
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      '3\r\none\r\n',
      '3;x=1\r\ntwo\r\n',
      '0\r\nx-trailer: 1\r\n\r\n',
    ],
    end: 'stay',
  },
  'a body up to the end': { answer: ['HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', 'one', 'two'] },
  'HTTP/1.0': { answer: ['HTTP/1.0 200 OK\r\n\r\ntext'] },
  'early hints': { answer: ['HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n', ...reply(['x-a: 1'])] },
  'a processing note': { answer: ['HTTP/1.1 102 Processing\r\n\r\n', ...reply([])] },
  'HEAD with a length': {
    init: () => ({ method: 'HEAD' }),
    answer: ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\ncontent-encoding: gzip\r\n\r\n'],
  },
  'a status of no body with a coding': { answer: ['HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n'], end: 'stay' },
  'large headers': { answer: reply([`x-a: ${'x'.repeat(12_000)}`]) },
  'a location, followed by nobody': {
    init: () => ({ redirect: 'manual' }),
    answer: reply(['location: /x'], 'text', '302 Found'),
  },
  'a location that is asked not to be': {
    init: () => ({ redirect: 'error' }),
    answer: reply(['location: /x'], 'text', '302 Found'),
  },
  '300 with a location': { answer: reply(['location: /x'], 'text', '300 Multiple Choices') },
}
const withAnswers: Case[] = Object.entries(answers).map(([name, given]) => ({ name: `answer: ${name}`, ...given }))

const broken: Readonly<Record<string, Omit<Case, 'name'>>> = {
  'closed before a byte': { answer: [] },
  'reset before a byte': { answer: [], end: 'reset' },
  'no HTTP': { answer: ['GARBAGE\r\n\r\n'] },
  'no version': { answer: ['HTTP/9.9 200 OK\r\n\r\n'] },
  'a header without a colon': { answer: ['HTTP/1.1 200 OK\r\nbad header\r\n\r\n'] },
  'a name with a blank': { answer: ['HTTP/1.1 200 OK\r\nx a: 1\r\n\r\n'] },
  'headers cut off': { answer: ['HTTP/1.1 200 OK\r\ncontent-ty'] },
  'headers too large': { answer: reply([`x-a: ${'x'.repeat(20_000)}`]) },
  'two lengths': { answer: ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'], end: 'close' },
  'a length and chunks': {
    answer: ['HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    end: 'close',
  },
  'a negative length': { answer: ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'], end: 'close' },
  'a chunk cut off': { answer: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '5\r\nab'] },
  'a chunk of no number': { answer: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'zz\r\nab\r\n'] },
  'a body too short': { answer: ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'short'], end: 'close' },
  'a body reset': { answer: ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'short'], end: 'reset' },
  'an upgrade nobody asked for': { answer: ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'] },
  'TLS to a server without': { url: 'https://RAW/', answer: ['HTTP/1.1 400 Bad Request\r\n\r\n'] },
  'a refused connection': { url: 'http://127.0.0.1:REFUSED/' },
  'an unknown host': { url: 'http://no-such-host.invalid/' },
  'port 1': { url: 'http://127.0.0.1:1/' },
  'port 6000': { url: 'http://127.0.0.1:6000/' },
  'port 10080': { url: 'http://127.0.0.1:10080/' },
  'port 0': { url: 'http://127.0.0.1:0/' },
  'an abort before': { abortAfter: -1 },
  'an abort while waiting': { answer: [], end: 'stay', abortAfter: 20 },
  'an abort in the headers': { answer: ['HTTP/1.1 200 OK\r\n'], end: 'stay', abortAfter: 20 },
  'an abort in the body': { answer: ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'some'], end: 'stay', abortAfter: 50 },
  'an abort in a coded body': {
    answer: ['HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n', zlib.gzipSync(text).subarray(0, 15)],
    end: 'stay',
    abortAfter: 50,
  },
}
const failures: Case[] = Object.entries(broken).map(([name, given]) => ({ name: `failure: ${name}`, ...given }))

/** All of them. */
export const cases: readonly Case[] = [
  ...methods,
  ...methodsWithBody,
  ...withBodies,
  ...withHeaders,
  ...withBodyHeaders,
  ...paths,
  ...statuses,
  ...emptyStatuses,
  ...codings,
  ...withAnswers,
  ...failures,
]
