/** Redirects as four questions: method, URL, headers, body. Fetch standard 4.4, "HTTP-redirect fetch". */

/** [status, method, the next method, whether the body goes along] */
export const methods: readonly (readonly [status: number, method: string, next: string, keepsBody: boolean])[] = [
  [301, 'GET', 'GET', false],
  [301, 'POST', 'GET', false],
  [301, 'PUT', 'PUT', true],
  [302, 'POST', 'GET', false],
  [302, 'DELETE', 'DELETE', true],
  [303, 'POST', 'GET', false],
  [303, 'PUT', 'GET', false],
  [303, 'HEAD', 'HEAD', false],
  [307, 'POST', 'POST', true],
  [308, 'PATCH', 'PATCH', true],
]

/** [what, Location as it comes, the next URL, or what the error says] from https://a.example/dir/page#part */
export const locations: readonly (readonly [what: string, location: string, next: string | RegExp])[] = [
  ['an absolute URL', 'https://b.example/x', 'https://b.example/x#part'],
  ['a path', '/x', 'https://a.example/x#part'],
  ['a relative path', 'x', 'https://a.example/dir/x#part'],
  ['a scheme-relative URL', '//b.example/x', 'https://b.example/x#part'],
  ['a fragment of its own', '/x#own', 'https://a.example/x#own'],
  ['userinfo, which is never used', 'https://u:p@b.example/', 'https://b.example/#part'],
  ['UTF-8 bytes', '/caf\xc3\xa9', 'https://a.example/caf%C3%A9#part'],
  ['bytes that are none', '/caf\xe9', 'https://a.example/caf%E9#part'],
  ['a URL with a comma and a blank', '/a, b', 'https://a.example/a,%20b#part'],
  ['two equal lines', '/x, /x', 'https://a.example/x#part'],
  ['two lines for one URL', '/x, https://a.example/x', 'https://a.example/x#part'],
  ['two different lines', '/x, /y', /Location lines differ/],
  ['what is no URL', 'https://', /does not parse; redirect: 'manual' gives the answer itself$/],
  ['an app that is signed in to', 'com.example.app:/callback?code=s3cret', /^(?!.*s3cret).*redirect: 'manual'/],
  ['data:', 'data:,x', /scheme 'data:'/],
  ['javascript:', 'javascript:alert(1)', /scheme 'javascript:'/],
  ['a scheme that nobody has mounted', 'mock://h/', /scheme 'mock:'/],
]
