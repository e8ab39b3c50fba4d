import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { explainFailure, withoutReply } from '../../src/node/failures.ts'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })
const refused = (message: string) => coded('UND_ERR_INVALID_ARG', message)

describe('explainFailure()', () => {
  test.each([
    [coded('ECONNREFUSED'), 'connection refused: is the server running? (ECONNREFUSED)'],
    [
      new TypeError('fetch failed', { cause: new AggregateError([coded('ENOTFOUND')]) }),
      'the host name was not found (ENOTFOUND)',
    ],
    [coded('HPE_INVALID_TOKEN'), 'the answer is not valid HTTP (HPE_INVALID_TOKEN)'],
    [coded('ERR_SSL_WRONG_VERSION_NUMBER'), expect.stringContaining('is not TLS: give http://')],
    [coded('ERR_SSL_UNSUPPORTED_PROTOCOL'), expect.stringContaining('--tls-min-v1.0')],
    [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), expect.stringContaining('give tls.cert and tls.key')],
    [coded('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'), expect.stringContaining('give pool: { http2: true }')],
    [coded('ERR_OSSL_UNSUPPORTED'), expect.stringContaining('tls.cert and tls.key cannot be used: give PEM text')],
    [coded('ERR_HTTP2_REQUEST_HEADERS', 'too many: send fewer'), 'too many: send fewer (ERR_HTTP2_REQUEST_HEADERS)'],
    [coded('CERT_NOT_YET_VALID'), expect.stringContaining('is the clock right?')],
    [coded('EMFILE'), expect.stringContaining('give concurrency')],
    [new Error('bad port'), 'the Fetch standard blocks this port'],
    [coded('UND_ERR_SOCKET', 'bad response'), expect.stringContaining('100 Continue')],
    [coded('UND_ERR_SOCKET', 'bad upgrade'), expect.stringContaining('101')],
    [coded('UND_ERR_SOCKET', 'other side closed'), 'the server closed the connection (UND_ERR_SOCKET)'],
    [coded('UND_ERR_HEADERS_OVERFLOW'), expect.stringContaining('--max-http-header-size')],
    [refused('invalid keep-alive header'), "the header 'keep-alive' is the connection's own: leave it out (UND_ERR_INVALID_ARG)"],
    [refused('duplicate content-length header'), expect.stringContaining("the header 'content-length'")],
    [
      coded('UND_ERR_NOT_SUPPORTED', 'expect header not supported'),
      "the header 'expect' is the connection's own: leave it out (UND_ERR_NOT_SUPPORTED)",
    ],
    [refused('invalid request path'), 'the request is invalid (UND_ERR_INVALID_ARG)'],
    [coded('UND_ERR_HEADERS_TIMEOUT'), expect.stringContaining('300 s of the platform’s fetch')],
    [coded('UND_ERR_BODY_TIMEOUT'), expect.stringContaining('300 s of the platform’s fetch')],
    [coded('UND_ERR_SOCKS5_VERSION'), 'the proxy does not speak SOCKS5 (UND_ERR_SOCKS5_VERSION)'],
    [coded('UND_ERR_SOCKS5_AUTH_FAILED'), expect.stringContaining('password in proxy')],
    [coded('UND_ERR_SOCKS5_REPLY_4'), 'the proxy could not reach the host (UND_ERR_SOCKS5_REPLY_4)'],
    [coded('UND_ERR_SOCKS5_REPLY_9'), 'the request failed (UND_ERR_SOCKS5_REPLY_9)'],
    [coded('ERR_HTTP2_STREAM_ERROR', 'reset: CANCEL'), 'the server broke the answer off, CANCEL (ERR_HTTP2_STREAM_ERROR)'],
    [coded('ERR_HTTP2_STREAM_ERROR', 'other: Words'), 'the server broke the answer off (ERR_HTTP2_STREAM_ERROR)'],
    [coded('ERR_HTTP2_HEADERS_OVERFLOW'), expect.stringContaining('64 kB')],
    [new Error('Proxy response (407) !== 200'), expect.stringContaining('password')],
    [new Error('Proxy response (502) !== 200'), 'the proxy answered 502: it could not reach the host'],
    [new Error('Proxy response (418) !== 200'), 'the proxy answered 418'],
    [new Error('odd'), 'the request failed'],
  ])('%s', (error, expected) => expect(explainFailure(error as Error).text).toEqual(expected))

  test.each([
    [coded('UND_ERR_HEADERS_OVERFLOW'), true],
    [coded('ERR_HTTP2_HEADERS_OVERFLOW'), true],
    [refused('invalid keep-alive header'), true],
    [coded('UND_ERR_NOT_SUPPORTED', 'expect header not supported'), true],
    [refused('Proxy Authentication Required (407)'), false],
    [coded('ECONNREFUSED'), false],
  ])('another try would not mend it: %s, %s', (error, expected) => expect(explainFailure(error).isFinal).toBe(expected))
})

describe('withoutReply()', () => {
  test('takes a reply out of the error of a parser, at any depth', () => {
    const parser = Object.assign(new Error('Invalid header'), { name: 'HTTPParserError', data: 'Set-Cookie: sid=s3cret' })
    expect(inspect(withoutReply(new TypeError('outer', { cause: new TypeError('inner', { cause: parser }) })))).not.toContain(
      's3cret',
    )
  })

  test('takes the query out of a path, as Bun has it', () => {
    const error = withoutReply(Object.assign(new Error('x'), { path: 'http://host/path?token=s3cret' }))
    expect(error.path).toBe('http://host/path')
  })

  test('leaves what is no error', () => expect(withoutReply('text')).toBe('text'))
})
