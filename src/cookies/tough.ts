/** The one importer of tough-cookie: its parser, its dates, its suffix list, its order, and its form of a saved jar. */

export type { CreateCookieOptions, Store as UserStore } from 'tough-cookie'
export { Cookie, cookieCompare, defaultPath, domainMatch, getPublicSuffix, pathMatch, version } from 'tough-cookie'
