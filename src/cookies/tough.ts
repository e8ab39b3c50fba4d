/** The one importer of tough-cookie: its dates, its suffix list, its order, its stores, and its form of a saved jar. */

export type { Store as UserStore } from 'tough-cookie'
export { Cookie, cookieCompare, defaultPath, domainMatch, getPublicSuffix, parseDate, pathMatch, version } from 'tough-cookie'
