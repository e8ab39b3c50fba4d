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
    test: /^session\.cookies › (set, get|set replaces|two cookies|a change event)/,
    subject: '`session.cookies.set`',
    reason: '`cookieStore.set` resolves on http://localhost and stores nothing; the cookie is read back, and the call rejects.',
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
