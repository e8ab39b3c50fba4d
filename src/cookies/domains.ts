/** Hosts and Domains of cookies: how they are written, and which are public suffixes. RFC 6265bis sections 5.1.2 and 5.1.3. */
import { textOf } from './bytes.ts'
import { domainMatch, getPublicSuffix } from './tough.ts'

const IP = /:|^\d+\.\d+\.\d+\.\d+$/

/** Reports whether a domain's cookies are for the host of that name only: public suffixes, single labels and IP addresses. */
export function isSuffix(domain: string): boolean {
  return isIP(domain) || !domain.includes('.') || isPublicSuffix(domain)
}

/** Reports whether a host is an IP address, which has no subdomains. */
export function isIP(host: string): boolean {
  return IP.test(host)
}

/** Reports whether strangers register names below a domain. By the list's own default rule an unknown single label is one. */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true }) === undefined
}

/** Reports whether a host is the domain, or below it. */
export function isWithin(host: string, domain: string): boolean {
  return domainMatch(host, domain, false) === true
}

/** A Domain in punycode, as URL hosts are; it may come in UTF-8 or Unicode. `undefined` for what is no domain. */
export function asciiDomain(domain: string): string | undefined {
  if (/^[\w.-]+$/.test(domain)) return domain.toLowerCase()
  const isIPv6 = /^\[?[\da-f:.]+\]?$/i.test(domain) && domain.includes(':')
  if (!isIPv6 && (/[\0-,/:-@[-^`{-\x7f]/.test(domain) || !/[^\0-\x7f]/.test(domain))) return undefined
  const text = isIPv6 ? `[${domain.replace(/[[\]]/g, '')}]` : textOf(domain)
  return URL.canParse(`http://${text}/`) ? hostOf(new URL(`http://${text}/`)) : undefined
}

/** A URL's host as cookies have it: without a trailing dot, and IPv6 without brackets, as in tough-cookie. */
export function hostOf({ hostname }: URL): string {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase()
}

/** Reports whether a connection is secure: https, or a loopback host, which nobody on the network can impersonate. */
export function isSecure(protocol: string, host: string): boolean {
  if (protocol === 'https:' || protocol === 'wss:') return true
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
