/** The domains whose cookies a host may get, made once per host. */
import { isIP } from '../../cookies/domains.ts'

/** Hosts remembered at most, since a crawler asks for ever new ones; then all are forgotten. */
const MOST_REMEMBERED = 10_000

const domainsByHost = new Map<string, readonly string[]>()

/** `www.shop.example`: itself and its parents, each of which may have cookies for it. */
export function domainsOf(host: string): readonly string[] {
  const known = domainsByHost.get(host)
  if (known) return known
  const labels = isIP(host) ? [host] : host.split('.')
  const domains = Object.freeze(labels.map((_, index) => labels.slice(index).join('.')))
  if (domainsByHost.size > MOST_REMEMBERED) domainsByHost.clear()
  domainsByHost.set(host, domains)
  return domains
}
