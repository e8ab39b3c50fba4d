/** Hosts and Domains of cookies: how they are written, and which are public suffixes. */
import { getPublicSuffix } from './tough.ts'

const IP = /:|^\d+\.\d+\.\d+\.\d+$/

/** Single labels are public suffixes by the list's own default rule; IP addresses have no suffix, and take only themselves. */
export function isSuffix(domain: string): boolean {
  if (IP.test(domain) || !domain.includes('.')) return true
  return getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true }) === undefined
}

/** Header bytes come as latin-1; a Domain in UTF-8 or unicode becomes punycode, as URL hosts are. */
export function asciiDomain(domain: string): string | undefined {
  if (/^[\w.-]+$/.test(domain)) return domain.toLowerCase()
  const isIPv6 = /^\[?[\da-f:.]+\]?$/i.test(domain) && domain.includes(':')
  if (!isIPv6 && (/[\0-,/:-@[-^`{-\x7f]/.test(domain) || !/[^\0-\x7f]/.test(domain))) return undefined
  const candidates = isIPv6 ? [`[${domain.replace(/[[\]]/g, '')}]`] : [asUTF8(domain), domain]
  const parsed = candidates.find((text) => URL.canParse(`http://${text}/`))
  return parsed === undefined ? undefined : hostOf(new URL(`http://${parsed}/`))
}

function asUTF8(text: string): string {
  if (/[^\0-\xff]/.test(text)) return text
  return new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)))
}

/** A URL's host as cookies have it: without a trailing dot, and IPv6 without brackets, as in tough-cookie. */
export function hostOf({ hostname }: URL): string {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase()
}
