/**
 * Where a runtime does something else than Node and Chromium, and why. What is named here must fail there: once it passes, its
 * row has to go, so that the list stays true. `test` is matched with the whole title.
 */
export const DIFFERENCES = [
  {
    where: ['Chromium, web worker', 'Firefox, web worker', 'WebKit, web worker'],
    test: /^session\.cookies › /,
    subject: '`session.cookies`, and `csrf` by cookie',
    reason:
      'There is no `cookieStore` here and no `document`: both reject with a `TypeError` that says so. Requests carry cookies.',
  },
  {
    where: ['Firefox, service worker', 'WebKit, service worker'],
    test: /^session\.cookies › (set, get|set replaces|two cookies|a change event|what a server may send|import takes)/,
    subject: '`session.cookies.set` and `import`',
    reason: '`cookieStore.set` resolves on http://localhost and stores nothing; the cookie is read back, and the call rejects.',
  },
  {
    where: ['Chromium, service worker'],
    test: /^session\.cookies › import takes/,
    subject: '`session.cookies.import` of a `__Secure-` cookie that is not `secure`',
    reason: '`cookieStore.set` makes every cookie `Secure`, so that this one is taken.',
  },
  {
    where: ['Firefox, page', 'Firefox, page, UMD'],
    test: /^session\.cookies › what a server may send .*: no name$/,
    subject: '`session.cookies.set` without a name',
    reason: 'Firefox takes no cookie without a name from a page. It is read back, and the call rejects.',
  },
  {
    where: ['WebKit, page', 'WebKit, page, UMD'],
    test: /^session\.cookies › (what a server may send .*: text$|import takes)/,
    subject: '`session.cookies.set` and `import` of other characters than ASCII',
    reason: 'WebKit cuts a cookie of a page at the first of them. That is seen before, the call rejects, and nothing is set.',
  },
]

/** `{ wrong, differs }` of a row: what failed and is no known difference or passed and is one, and the known ones. */
export function judge(name, outcomes) {
  const known = DIFFERENCES.filter(({ where }) => where.includes(name))
  const isKnown = ({ title }) => known.some(({ test }) => test.test(title))
  const wrong = outcomes.filter(({ error }) => error).filter((outcome) => !isKnown(outcome))
  const gone = outcomes.filter(({ error }) => !error).filter(isKnown)
  return {
    wrong: [
      ...wrong.map(({ title, error }) => `${title}: ${error}`),
      ...gone.map(({ title }) => `${title}: passes, though scripts/matrix/differences.mjs says that it fails here`),
    ],
    differs: known.map(({ subject }) => subject),
  }
}
