/** Entries of a saved state that no response could have set, and the rule that the error names. */
export interface RefusedEntry {
  readonly title: string
  /** Fields that replace those of a good cookie, `{ key or name, value, domain, path }`, in both forms. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly rule: RegExp
}

const long = (length: number) => 'x'.repeat(length)
const unsendable = /without ';', control characters, lone surrogates and blanks at its ends/

export const refusedEntries: readonly RefusedEntry[] = [
  { title: '__Host- without Secure', fields: { name: '__Host-a', hostOnly: true }, rule: /the prefix __Host- needs Secure/ },
  {
    title: '__host- with a Domain',
    fields: { name: '__host-a', secure: true, hostOnly: false },
    rule: /the prefix __Host- needs Secure, Path=\/ and no Domain/,
  },
  {
    title: '__Host- with another path',
    fields: { name: '__Host-a', secure: true, hostOnly: true, path: '/x' },
    rule: /the prefix __Host-/,
  },
  { title: '__Secure- without Secure', fields: { name: '__SECURE-a' }, rule: /the prefix __Secure- needs Secure/ },
  { title: 'SameSite=None without Secure', fields: { sameSite: 'none' }, rule: /SameSite=None needs Secure/ },
  { title: 'a SameSite that is none', fields: { sameSite: 'maybe' }, rule: /its sameSite must be/ },
  { title: 'a public suffix', fields: { domain: 'co.uk', hostOnly: false }, rule: /its domain is a public suffix/ },
  { title: 'a public suffix that says nothing of hosts', fields: { domain: 'github.io' }, rule: /its domain is a public suffix/ },
  { title: 'a top-level domain', fields: { domain: 'com', hostOnly: false }, rule: /its domain is a public suffix/ },
  { title: 'a domain that is none', fields: { domain: 'a b' }, rule: /its domain must be a host or domain/ },
  { title: 'no domain', fields: { domain: undefined }, rule: /its domain must be a host or domain/ },
  { title: 'a number for a path', fields: { path: 1 }, rule: /its path must begin with/ },
  { title: 'a path that ends early', fields: { path: '/;x' }, rule: /its path must begin with/ },
  { title: 'a path that is too long', fields: { path: `/${long(1024)}` }, rule: /no longer than 1024/ },
  { title: 'name and value above 4096 bytes', fields: { value: long(4096) }, rule: /longer than 4096 bytes/ },
  { title: 'a value that ends early', fields: { value: 's3cret; b=1' }, rule: unsendable },
  { title: 'a line break in the value', fields: { value: 's3cret\r\nx: y' }, rule: unsendable },
  { title: 'a blank at the end of the value', fields: { value: 's3cret ' }, rule: unsendable },
  { title: 'a lone surrogate', fields: { value: 's3cret\ud83c' }, rule: unsendable },
  { title: 'a value that is no string', fields: { value: ['s3cret'] }, rule: /its value must be a string/ },
  { title: 'an equals sign in the name', fields: { name: 'a=b' }, rule: /its name must be without '='/ },
  { title: 'neither name nor value', fields: { name: '', value: '' }, rule: /no name and no value/ },
  { title: 'no name and a prefix for a value', fields: { name: '', value: '__Host-s3cret' }, rule: /begins like a prefix/ },
  { title: 'a flag that is none', fields: { secure: 'yes' }, rule: /its secure must be true or false/ },
  { title: 'a date that is none', fields: { expires: 'soon' }, rule: /its expires must be/ },
]
