/** What must not be seen in a trace, as tables. */
import { describe, expect, test } from 'vitest'
import { isSecretName, looksLikeToken } from '../../src/trace/secret-names.ts'
import { Mask } from '../../src/trace/secrets.ts'
import { growth } from '../support/growth.ts'
import { hopsOfOnly, only, traced } from './recording.ts'

const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`

describe('isSecretName()', () => {
  test.each([
    'token',
    'access_token',
    'X-API-Key',
    'api%5Fkey',
    'Password',
    'sid',
    'code',
    'jsessionid',
    'X-CSRFToken',
    'authorization',
    'user[password]',
    'x-sid',
    'card[cvv]',
    'userPass',
    'x-amz-security-tkn',
    'DPoP',
    'Ocp-Apim-Subscription-Key',
  ])('%s is one', (name) => {
    expect(isSecretName(name)).toBe(true)
  })
  test.each([
    'page',
    'q',
    'author',
    'authors',
    'id',
    'monkey',
    'accept-encoding',
    'etag',
    'x-request-id',
    'keep-alive',
    'passage',
    'spin',
    'side',
    'design',
  ])('%s is none', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})

describe('looksLikeToken()', () => {
  test.each([jwt, 'a3f9c2d4e5b6a7988f7e6d5c4b3a2910', 'sk-live-51HxQ2eKd8aB3c9', '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d'])(
    '%s does',
    (value) => {
      expect(looksLikeToken(value)).toBe(true)
    },
  )
  test.each([
    '2026-01-01T00:00:00.000Z',
    'a-long-slug-of-words-only',
    '12345678901234567890123',
    'short1',
    'https://x.example/a1b2c3d4e5',
  ])('%s does not', (value) => {
    expect(looksLikeToken(value)).toBe(false)
  })
})

describe('Mask', () => {
  test.each([
    ['https://u:p@shop.example/x', 'https://•••@shop.example/x'],
    ['https://shop.example/x?page=2&token=abc#frag', 'https://shop.example/x?page=2&token=•••'],
    ['https://shop.example/x;jsessionid=1A2B?q=1', 'https://shop.example/x;jsessionid=•••?q=1'],
    [`https://shop.example/reset/${jwt}/go`, 'https://shop.example/reset/•••/go'],
    ['https://shop.example/x?v=a3f9c2d4e5b6a7988f7e6d5c', 'https://shop.example/x?v=•••'],
    ['https://shop.example/x?token=', 'https://shop.example/x?token='],
    ['https://u:p@ss@shop.example/x', 'https://•••@shop.example/x'],
    ['https://shop.example/x?next=%2Fy%3Ftoken%3Dabc', 'https://shop.example/x?next=•••'],
    ['https://shop.example/x?next=%2Fy%3Fpage%3D2', 'https://shop.example/x?next=%2Fy%3Fpage%3D2'],
    ['https://shop.example/x?next=https%3A%2F%2Fu%3Ap%40y.example', 'https://shop.example/x?next=•••'],
    ['https://shop.example/x?mail=a%40b.example', 'https://shop.example/x?mail=a%40b.example'],
  ])('url() of %s', (url, masked) => {
    expect(new Mask(false).url(url)).toBe(masked)
  })

  test.each([
    ['authorization', 'Bearer abcdef', '•••'],
    ['proxy-authorization', 'Basic YTpi', '•••'],
    ['cookie', 'a=1; sid="x=y"; lone', 'a=•••; sid=•••; •••'],
    ['set-cookie', 'sid=abc; Path=/; HttpOnly', 'sid=•••; Path=/; HttpOnly'],
    ['x-csrftoken', 'abcdef', '•••'],
    ['x-own', 'secret-value', '•••'],
    ['location', '/me?access_token=abc&x=1', '/me?access_token=•••&x=1'],
    ['location', '/me#access_token=abc&x=1', '/me#access_token=•••&x=1'],
    ['set-cookie2', 'a=1', '•••'],
    ['link', '<https://a.example/?page=2&key=abc>; rel="next"', '<https://a.example/?page=2&key=•••>; rel="next"'],
    ['www-authenticate', 'Bearer realm="shop"', 'Bearer realm="shop"'],
    ['access-control-allow-credentials', 'true', 'true'],
    ['etag', '"abc"', '"abc"'],
    ['x-functions-key', 'abcdef', '•••'],
    ['x-app-key', 'abcdef', '•••'],
    ['idempotency-key', 'abcdef', 'abcdef'],
    ['x-note', 'see id=a3f9c2d4e5b6a7988f7e6d5c token=abc', 'see id=a3f9c2d4e5b6a7988f7e6d5c token=•••'],
  ])('header() of %s: %s', (name, value, masked) => {
    expect(new Mask(false, ['X-Own']).header({ name, value })).toEqual({ name, value: masked })
  })

  test.each([
    ['application/json', '{"user":"ada","password":"a\\"b","n":1}', '{"user":"ada","password":"•••","n":1}'],
    ['application/json', '{"access_token": "abc', '{"access_token": "•••"'],
    ['application/json', '{"pin": 1234}', '{"pin": "•••"}'],
    ['application/json', '{"tokens":["a",{"b":-1.5}],"c":"d"}', '{"tokens":["•••",{"b":"•••"}],"c":"d"}'],
    ['application/json', '{"secret":{"a":"b","c":true},"d":1}', '{"secret":{"a":"•••","c":true},"d":1}'],
    ['application/json', '{"token":null,"a":["token","b"]}', '{"token":null,"a":["token","b"]}'],
    ['application/json', '{"pass\\u0077ord":"x","api\\"key":"y"}', '{"pass\\u0077ord":"•••","api\\"key":"•••"}'],
    ['application/json', '{"echo":"{\\"password\\":\\"x\\"}"}', '{"echo":"{\\"password\\":\\"•••\\"}"}'],
    ['application/json', '{"query":"{ login(password: \\"x\\") }"}', '{"query":"{ login(password: \\"•••\\") }"}'],
    ['application/json', '{"to":"https://a.example?sig=abc","m":"a@b"}', '{"to":"https://a.example?sig=•••","m":"a@b"}'],
    ['text/plain', 'password=x', 'password=•••'],
    ['text/plain', 'user=ada\npassword=x\nlog in failed: token=y', 'user=ada\npassword=•••\nlog in failed: token=•••'],
    ['text/javascript', "const token = 'x', count = 'y'", "const token = '•••', count = 'y'"],
    ['application/xml', '<a:password>x</a:password><b>y</b>', '<a:password>•••</a:password><b>y</b>'],
    ['application/xml', '<a:token type="x">x</a:token>', '<a:token type="x">•••</a:token>'],
    ['text/html', '<input type=hidden name="csrf_token" value="x">', '<input type=hidden name="csrf_token" value="•••">'],
    [
      'text/html',
      '<meta name="csrf-token" content=x><meta name=a content=y>',
      '<meta name="csrf-token" content=•••><meta name=a content=y>',
    ],
    ['application/x-www-form-urlencoded', 'user=ada&password=x%20y', 'user=ada&password=•••'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret\r\n--b--\r\n',
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n•••\r\n--b--\r\n',
    ],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\none\r\ntwo\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n•••\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
    ],
  ])('body() of %s: %j', (type, text, masked) => {
    expect(new Mask(false).body(text, type)).toBe(masked)
  })

  test('masks what was secret by its place wherever else it stands, the token of a scheme too', () => {
    const mask = new Mask(false)
    mask.header({ name: 'authorization', value: 'Bearer opaque-1' })
    mask.secret('abc')
    expect(mask.body('you sent opaque-1, and abc', 'text/plain')).toBe('you sent •••, and abc')
  })

  test('masks a cookie also without its quotes, and as JSON has it', () => {
    const mask = new Mask(false)
    mask.header({ name: 'cookie', value: 'a="quoted 1"; b={"user":"ada"}' })
    expect(mask.body('{"a":"\\"quoted 1\\"","b":"{\\"user\\":\\"ada\\"}"}', 'application/json')).toBe(
      '{"a":"\\"•••\\"","b":"•••"}',
    )
  })

  test('masks by value in the query, and not in the path, of a URL', () => {
    const mask = new Mask(false)
    mask.secret('english')
    expect(mask.url('https://shop.example/english/x?l=english&p=1?english')).toBe('https://shop.example/english/x?l=•••&p=1?•••')
  })

  test('masks nothing when it is off', () => {
    const mask = new Mask(true)
    expect(mask.header({ name: 'cookie', value: 'a=1' }).value).toBe('a=1')
    expect(mask.url('https://u:p@x.example/?token=1')).toBe('https://u:p@x.example/?token=1')
    expect(mask.body('{"password":"x"}', 'application/json')).toBe('{"password":"x"}')
  })

  test.each([
    ['?', 'url'],
    ['?a', 'url'],
    ['://a', 'url'],
    ['/eyJ', 'url'],
    [';a=', 'url'],
    ['"', 'body'],
    ['"a":"\\', 'body'],
    ['\\"a":', 'body'],
    ['form-data; name="a"\r\n', 'multipart'],
    ['form-data; name="key"\r\n\r\n', 'multipart'],
    ['{"a":[', 'body'],
    ['" ', 'body'],
    ['-1', 'body'],
    ['<input ', 'markup'],
    ['<key>', 'markup'],
    ['<meta name=key value="', 'markup'],
    ['a-', 'markup'],
    ['token="', 'markup'],
    ['://a@', 'markup'],
    [' token=', 'markup'],
    [' a', 'markup'],
    ['<key a', 'markup'],
  ])('takes linear time for a repeated %j as %s', (unit, as) => {
    const mask = new Mask(false)
    const type = { body: 'application/json', markup: 'text/html' }[as] ?? 'multipart/form-data; boundary=b'
    const run = (text: string) => (as === 'url' ? mask.url(text) : mask.body(text, type))
    expect(growth(run, (length) => unit.repeat(length / unit.length), 100_000)).toBeLessThan(3)
  })
})

describe('trace() shows no secret', () => {
  const everywhere = [
    {
      status: 302,
      headers: { location: '/next?token=in-location', 'x-echo': 'value-of-cookie' },
      cookies: ['sid=value-of-cookie'],
    },
    { body: '{"echo":"value-of-cookie bearer-token-1 own-header-1","password":"in-body"}' },
  ]
  const options = { auth: { token: 'bearer-token-1' }, sensitiveHeaders: ['x-own'], headers: { 'x-own': 'own-header-1' } }
  const SECRETS = /value-of-cookie|bearer-token-1|own-header-1|in-location|in-body|in-query/

  test('in entries, HAR, curl and text', async () => {
    const { t, session } = traced(everywhere, { bodies: true }, options)
    await session.post('/x?token=in-query', { body: { password: 'in-body', note: 'value-of-cookie-not-yet' } })
    const shown = [JSON.stringify(t.entries), JSON.stringify(t.toHAR()), t.toText(), ...hopsOfOnly(t.entries).map(t.toCurl)]
    for (const text of shown) expect(text.replaceAll('value-of-cookie-not-yet', '')).not.toMatch(SECRETS)
  })

  test('which a later answer repeats, be it in a string of another form', async () => {
    const echo = (sent: { readonly url: string; readonly body?: unknown }) => ({
      body: JSON.stringify({ url: sent.url, body: String(sent.body), words: ['hunter2x', 'in query+1'] }),
    })
    const { t, session } = traced(echo as never, { bodies: true })
    await session.post('/x?api_key=in%20query%2B1', { body: { password: 'hunter2x' } })
    expect(JSON.stringify(t.entries)).not.toMatch(/hunter2x|in query|in%20query/)
  })

  test.each([
    ['the session', { csrf: { header: 'x-own', token: () => 'csrf-value-1' } }, {}],
    ['the call', {}, { csrf: { header: 'x-own', token: () => 'csrf-value-1' } }],
  ])('of a CSRF header that %s names', async (_, ofSession, ofCall) => {
    const { t, session } = traced([{}], {}, ofSession)
    await session.post('/x', ofCall)
    expect(only(hopsOfOnly(t.entries)).request.headers).toContainEqual({ name: 'x-own', value: '•••' })
  })

  test('and leaves a body of any length to its reader', async () => {
    const body = `{"a":"${'x\\n'.repeat(3_000_000)}","password":"${'y'.repeat(3_000_000)}"}`
    const { t, session } = traced([{ body }], { bodies: true, maxBodyBytes: Number.POSITIVE_INFINITY })
    expect(await (await session.fetch('/x')).text()).toBe(body)
    expect(only(hopsOfOnly(t.entries)).response?.body?.text?.endsWith('x\\n","password":"•••"}')).toBe(true)
  })

  test('but with secrets: true', async () => {
    const { t, session } = traced(everywhere, { bodies: true, secrets: true }, options)
    await session.post('/x?token=in-query')
    const [, second] = hopsOfOnly(t.entries)
    expect(only(second?.request.cookies)).toEqual({ name: 'sid', value: 'value-of-cookie' })
    expect(t.toCurl(only(t.entries))).toContain("'authorization: Bearer bearer-token-1'")
    expect(JSON.stringify(t.toHAR())).toContain('in-location')
  })
})
