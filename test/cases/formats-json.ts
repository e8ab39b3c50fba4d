/** Cookies in JSON, as each program writes them. */
import type { SessionCookie } from '../../src/cookies/session-cookies.ts'

export interface JSONCase {
  readonly title: string
  readonly given: object
  /** What the cookies are, over `PLAIN`. */
  readonly cookies: readonly Partial<SessionCookie>[]
  /** Reasons by place. */
  readonly skipped?: Readonly<Record<string, RegExp>>
}

const GOOD = { name: 'a', value: '1', domain: 'shop.example' }

export const storageStateCases: readonly JSONCase[] = [
  {
    title: "Playwright's storage state.",
    given: {
      cookies: [
        {
          name: 'a',
          value: '1',
          domain: '.shop.example',
          path: '/x',
          expires: 4102444800.5,
          httpOnly: true,
          secure: true,
          sameSite: 'None',
        },
        {
          name: 'a',
          value: '1',
          domain: 'shop.example',
          path: '/',
          expires: -1,
          httpOnly: false,
          secure: false,
          sameSite: 'Lax',
        },
        {
          ...GOOD,
          path: '/',
          expires: -1,
          httpOnly: false,
          secure: true,
          sameSite: 'Strict',
          partitionKey: 'https://top.example',
          _crHasCrossSiteAncestor: true,
        },
      ],
      origins: [{ origin: 'https://shop.example', localStorage: [{ name: 'token', value: 'x' }] }],
    },
    cookies: [
      { hostOnly: false, path: '/x', expires: 4_102_444_800_500, httpOnly: true, secure: true, sameSite: 'none' },
      { sameSite: 'lax' },
      { secure: true, sameSite: 'strict', partitioned: true },
    ],
  },
  {
    title: "Puppeteer's page.cookies().",
    given: [
      {
        ...GOOD,
        path: '/',
        expires: -1,
        size: 2,
        httpOnly: false,
        secure: false,
        session: true,
        sameParty: false,
        sourceScheme: 'Secure',
      },
      {
        ...GOOD,
        expires: 4102444800,
        session: false,
        partitionKey: { sourceOrigin: 'https://top.example', hasCrossSiteAncestor: false },
      },
    ],
    cookies: [{}, { expires: 4_102_444_800_000, partitioned: true }],
  },
  {
    title: "Selenium's get_cookies().",
    given: [
      {
        domain: '.shop.example',
        expiry: 4102444800,
        httpOnly: true,
        name: 'a',
        path: '/',
        sameSite: 'Lax',
        secure: false,
        value: '1',
      },
      { domain: 'shop.example', httpOnly: false, name: 'a', path: '/', sameSite: 'None', secure: true, value: '1' },
    ],
    cookies: [
      { hostOnly: false, expires: 4_102_444_800_000, httpOnly: true, sameSite: 'lax' },
      { secure: true, sameSite: 'none' },
    ],
  },
  {
    title: 'EditThisCookie.',
    given: [
      {
        domain: '.shop.example',
        expirationDate: 4102444800.25,
        hostOnly: false,
        httpOnly: false,
        name: 'a',
        path: '/',
        sameSite: 'unspecified',
        secure: false,
        session: false,
        storeId: '0',
        value: '1',
        id: 1,
      },
      {
        domain: 'shop.example',
        hostOnly: true,
        httpOnly: false,
        name: 'a',
        path: '/',
        sameSite: 'no_restriction',
        secure: true,
        session: true,
        storeId: '0',
        value: '1',
        id: 2,
      },
    ],
    cookies: [
      { hostOnly: false, expires: 4_102_444_800_250 },
      { secure: true, sameSite: 'none' },
    ],
  },
  {
    title: 'Cookie-Editor, with its nulls.',
    given: [
      {
        ...GOOD,
        hostOnly: true,
        path: '/',
        secure: false,
        httpOnly: false,
        session: true,
        storeId: null,
        sameSite: null,
        partitionKey: null,
      },
    ],
    cookies: [{}],
  },
  {
    title: 'chrome.cookies.getAll().',
    given: [
      {
        ...GOOD,
        hostOnly: true,
        sameSite: 'strict',
        session: false,
        expirationDate: 4102444800,
        partitionKey: { topLevelSite: 'https://top.example' },
      },
      {
        ...GOOD,
        domain: '.shop.example',
        hostOnly: false,
        sameSite: 'lax',
        session: true,
        expirationDate: 4102444800,
        partitionKey: { topLevelSite: '' },
      },
    ],
    cookies: [
      { expires: 4_102_444_800_000, sameSite: 'strict', partitioned: true },
      { hostOnly: false, sameSite: 'lax' },
    ],
  },
  {
    title: 'hostOnly decides, and only without it the dot.',
    given: [
      { ...GOOD, domain: '.shop.example', hostOnly: true },
      { ...GOOD, hostOnly: false },
      { ...GOOD, domain: '.shop.example' },
      GOOD,
    ],
    cookies: [{ hostOnly: true }, { hostOnly: false }, { hostOnly: false }, { hostOnly: true }],
  },
  {
    title: '-1, 0, null, none and session: true are session cookies.',
    given: [
      { ...GOOD, expires: -1 },
      { ...GOOD, expires: 0 },
      { ...GOOD, expires: null },
      GOOD,
      { ...GOOD, expires: 4102444800, session: true },
    ],
    cookies: [{}, {}, {}, {}, {}],
  },
  {
    title: 'A number in quotes is a number.',
    given: [{ ...GOOD, expirationDate: '4102444800' }],
    cookies: [{ expires: 4_102_444_800_000 }],
  },
  { title: 'An empty list has no cookies.', given: [], cookies: [] },
  { title: 'A state without cookies has none.', given: { cookies: [], origins: [] }, cookies: [] },
  {
    title: "What is not an entry's own is not there.",
    given: [GOOD, Object.create(GOOD)],
    cookies: [{}],
    skipped: { '[1]': /no name/ },
  },
  {
    title: 'What cannot be a cookie is skipped with its place.',
    given: {
      cookies: [
        GOOD,
        null,
        'a=1',
        [],
        { ...GOOD, name: '' },
        { ...GOOD, name: 1 },
        { ...GOOD, value: 1 },
        { ...GOOD, value: 'a\nb' },
        { ...GOOD, value: 'a;b' },
        { ...GOOD, value: '\udfff' },
        { ...GOOD, value: 'v'.repeat(5000) },
        { ...GOOD, domain: undefined },
        { ...GOOD, domain: {} },
        { ...GOOD, domain: '.co.uk' },
        { ...GOOD, name: '__Secure-a' },
        { ...GOOD, name: '__Host-a', secure: true, domain: '.shop.example' },
        { ...GOOD, path: 1 },
        { ...GOOD, secure: 'yes' },
        { ...GOOD, expires: 'soon' },
        { ...GOOD, expires: {} },
        { ...GOOD, expires: Number.NaN },
      ],
    },
    cookies: [{}],
    skipped: {
      'cookies[1]': /not an object/,
      'cookies[2]': /not an object/,
      'cookies[3]': /not an object/,
      'cookies[4]': /no name/,
      'cookies[5]': /name is not text/,
      'cookies[6]': /value is not text/,
      'cookies[7]': /control/,
      'cookies[8]': /';'/,
      'cookies[9]': /surrogate/,
      'cookies[10]': /4096/,
      'cookies[11]': /no host/,
      'cookies[12]': /not a host/,
      'cookies[13]': /public suffix/,
      'cookies[14]': /__Secure-/,
      'cookies[15]': /__Host-/,
      'cookies[16]': /path is not text/,
      'cookies[17]': /secure must be/,
      'cookies[18]': /not a number/,
      'cookies[19]': /not a number/,
      'cookies[20]': /not a number/,
    },
  },
]

const AT = '2026-01-01T00:00:00.000Z'
const NOW = Date.parse(AT)

/** An entry of a HAR. */
function answer(lines: readonly string[], url = 'https://shop.example/cart/1', at: unknown = AT): object {
  return {
    startedDateTime: at,
    time: 12,
    request: { method: 'GET', url, cookies: [{ name: 'sent', value: 'x' }], headers: [{ name: 'Cookie', value: 'sent=x' }] },
    response: { status: 200, headers: lines.map((value) => ({ name: 'Set-Cookie', value })), cookies: [] },
  }
}

const har = (...entries: unknown[]) => ({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries } })
const recorded = (...cookies: object[]) => ({
  startedDateTime: AT,
  request: { url: 'https://www.shop.example/cart/1' },
  response: { headers: [], cookies },
})
const CART = { path: '/cart' }

export const harCases: readonly JSONCase[] = [
  { title: 'A Set-Cookie belongs to the URL that answered, and its folder.', given: har(answer(['a=1'])), cookies: [CART] },
  {
    title: 'All attributes are read.',
    given: har(
      answer(['a=1; Domain=.shop.example; Path=/; Secure; HttpOnly; SameSite=None; Partitioned'], 'https://www.shop.example/'),
    ),
    cookies: [{ hostOnly: false, secure: true, httpOnly: true, sameSite: 'none', partitioned: true }],
  },
  {
    title: 'Header names stand in any case, and lines joined by line breaks are several.',
    given: har({ ...answer([]), response: { headers: [{ name: 'set-cookie', value: 'a=1; Path=/\nb=2; Path=/' }] } }),
    cookies: [{}, { name: 'b', value: '2' }],
  },
  {
    title: 'Later ones replace earlier ones in their place.',
    given: har(answer(['a=1', 'b=2']), answer(['a=3'])),
    cookies: [
      { ...CART, value: '3' },
      { ...CART, name: 'b', value: '2' },
    ],
  },
  { title: 'Max-Age=0 ends an earlier one.', given: har(answer(['a=1', 'b=2']), answer(['b=; Max-Age=0'])), cookies: [CART] },
  { title: 'All may have ended.', given: har(answer(['a=1']), answer(['a=; Max-Age=-1'])), cookies: [] },
  {
    title: "An Expires before the entry's own time ends one, whatever the time is now.",
    given: har(answer(['a=1', 'b=2']), answer(['b=2; Expires=Wed, 31 Dec 2025 23:59:59 GMT'])),
    cookies: [CART],
  },
  {
    title: "Max-Age counts from the entry's own time, and wins over Expires.",
    given: har(answer(['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])),
    cookies: [{ ...CART, expires: NOW + 60_000 }],
  },
  {
    title: 'An Expires is kept as it is.',
    given: har(answer(['a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT'])),
    cookies: [{ ...CART, expires: 4_102_444_800_000 }],
  },
  {
    title: 'What is no number and no date says nothing.',
    given: har(answer(['a=1; Max-Age=soon; Expires=soon'])),
    cookies: [CART],
  },
  {
    title: 'An entry without a time has that of the one before.',
    given: har(answer(['x=1; Max-Age=0']), answer(['a=1; Max-Age=1'], undefined, 'never')),
    cookies: [{ ...CART, expires: NOW + 1000 }],
  },
  {
    title: 'Another path, host or Domain is another cookie.',
    given: har(
      answer(['a=1; Path=/', 'a=2; Path=/x', 'a=3; Path=/; Domain=shop.example']),
      answer(['a=4; Path=/'], 'https://www.shop.example/'),
    ),
    cookies: [{}, { value: '2', path: '/x' }, { value: '3', hostOnly: false }, { value: '4', domain: 'www.shop.example' }],
  },
  {
    title: 'A value in UTF-8 bytes is that text, and others keep their bytes.',
    given: har(answer(['a=\u00c3\u00a9; Path=/', 'b=\u00e9; Path=/'])),
    cookies: [{ value: 'é' }, { name: 'b', value: '\u00e9', bytes: 'b=\u00e9' }],
  },
  {
    title: "Chromium's reading of UTF-8 bytes as windows-1252 is taken back.",
    given: har(
      answer(['a=Ã©â‚¬; Path=/', 'b=€; Path=/']),
      recorded({ name: 'c', value: 'â‚¬', path: '/', domain: 'shop.example' }),
    ),
    cookies: [{ value: 'é€' }, { name: 'b', value: '€' }, { name: 'c', value: '€', hostOnly: false }],
  },
  { title: 'A value that has been decoded is text already.', given: har(answer(['a=д; Path=/'])), cookies: [{ value: 'д' }] },
  {
    title: "Without Set-Cookie lines the recorder's own cookies count.",
    given: har(
      recorded(
        {
          name: 'a',
          value: '1',
          path: '/',
          domain: 'shop.example',
          expires: '2100-01-01T00:00:00.000Z',
          httpOnly: true,
          secure: true,
          sameSite: 'Lax',
        },
        { name: 'b', value: '2', path: '', expires: null },
        { name: 'c', value: '3', path: '/', expires: '2025-01-01T00:00:00.000Z' },
      ),
    ),
    cookies: [
      { hostOnly: false, expires: 4_102_444_800_000, httpOnly: true, secure: true, sameSite: 'lax' },
      { name: 'b', value: '2', domain: 'www.shop.example', path: '/cart' },
    ],
  },
  { title: 'With Set-Cookie lines they do not.', given: har({ ...answer(['a=1; Path=/']), ...{} }), cookies: [{}] },
  { title: 'The cookies of requests are not read.', given: har(answer([])), cookies: [] },
  { title: 'A HAR without entries has none.', given: har(), cookies: [] },
  {
    title: 'A loopback host is as good as https, and an IP address its own Domain.',
    given: har(answer(['a=1; Secure; Path=/; Domain=127.0.0.1'], 'http://127.0.0.1:8080/')),
    cookies: [{ domain: '127.0.0.1', secure: true }],
  },
  {
    title: 'A host that is a public suffix keeps cookies of its own.',
    given: har(answer(['a=1; Path=/; Domain=github.io'], 'https://github.io/')),
    cookies: [{ domain: 'github.io' }],
  },
  {
    title: 'What a jar would refuse is skipped with its place.',
    given: har(
      answer([
        'a=1; Path=/',
        'alone',
        '=v',
        'b=x\0y',
        'b=1; Domain=other.example',
        'b=1; SameSite=None',
        '__Host-b=1; Path=/',
        `b=${'v'.repeat(4096)}`,
        'b=1; Domain=sh/op.example',
      ]),
      answer(['b=1; Domain=co.uk'], 'https://shop.co.uk/'),
      answer(['b=1; Secure'], 'http://shop.example/'),
      answer(['b=1'], 'data:,'),
      answer(['b=1'], 'nowhere'),
      null,
      {},
      {
        response: { headers: {}, cookies: [{ name: 'b', value: '1' }, null, { name: 'b', value: '1', domain: 5 }] },
        request: { url: 'https://shop.example' },
      },
    ),
    cookies: [{}, { name: 'b' }],
    skipped: {
      'entries[0].response.headers[1]': /no name/,
      'entries[0].response.headers[2]': /no name/,
      'entries[0].response.headers[3]': /control/,
      'entries[0].response.headers[4]': /not in its Domain/,
      'entries[0].response.headers[5]': /SameSite=None/,
      'entries[0].response.headers[6]': /__Host-/,
      'entries[0].response.headers[7]': /4096/,
      'entries[0].response.headers[8]': /not a domain/,
      'entries[1].response.headers[0]': /public suffix/,
      'entries[2].response.headers[0]': /Secure/,
      'entries[3].response.headers[0]': /no host/,
      'entries[4].response.headers[0]': /no host/,
      'entries[7].response.cookies[1]': /no name/,
      'entries[7].response.cookies[2]': /not a domain/,
    },
  },
]
