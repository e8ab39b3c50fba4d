/**
 * `sessionfetch/formats`: cookies as other programs write them. Pure: no clock, no file, no network, and nothing that is passed
 * in is changed. Runs in pages too.
 */
export { cookieHeader } from './cookie-header.ts'
export { cookiesTxt } from './cookies-txt.ts'
export { har } from './har.ts'
export type { ReadCookies, SkippedCookie } from './reading.ts'
export { type StorageState, type StorageStateCookie, storageState } from './storage-state.ts'
