/** Which response set a cookie, and which later requests carried it: one flow for each cookie, by name and domain. */

import { type Hop, hostOf, type SetCookie } from './hop.ts'

/** What happened to a cookie at one hop. */
export interface Touch {
  readonly hop: Hop
  readonly isSent: boolean
  readonly isSet: boolean
  readonly isRefused: boolean
  /** Set so that it ends: its expiry had passed. */
  readonly isEnded: boolean
}

/** A cookie with all that happened to it, in the order of the hops. */
export interface Flow {
  readonly name: string
  readonly domain: string
  readonly touches: readonly Touch[]
}

interface Building {
  readonly name: string
  readonly domain: string
  readonly touches: Map<Hop, Touch>
}

/** Finds the flows of hops that are in the order of time. */
export function findFlows(hops: readonly Hop[]): Flow[] {
  const flows: Building[] = []
  const ordered = [...hops].sort((one, other) => one.start - other.start)
  for (const hop of ordered) {
    for (const { name } of hop.sent) touch(carriedFlow(flows, name, hop), hop, { isSent: true })
    for (const cookie of hop.set) touch(setFlow(flows, cookie), hop, effectOf(cookie, hop))
  }
  const place = new Map(hops.map((hop, at) => [hop, at]))
  return flows.map(({ name, domain, touches }) => ({
    name,
    domain,
    touches: [...touches.values()].sort((one, other) => (place.get(one.hop) ?? 0) - (place.get(other.hop) ?? 0)),
  }))
}

/** The one whose domain covers the host, the closest first; one that no response set was there before. */
function carriedFlow(flows: Building[], name: string, { url }: Hop): Building {
  const host = hostOf(url)
  const covering = flows.filter((flow) => flow.name === name && (flow.domain === host || host.endsWith(`.${flow.domain}`)))
  const closest = covering.sort((one, other) => other.domain.length - one.domain.length)[0]
  return closest ?? begin(flows, name, host)
}

function setFlow(flows: Building[], { name, domain }: SetCookie): Building {
  return flows.find((flow) => flow.name === name && flow.domain === domain) ?? begin(flows, name, domain)
}

function begin(flows: Building[], name: string, domain: string): Building {
  const flow: Building = { name, domain, touches: new Map() }
  flows.push(flow)
  return flow
}

function effectOf({ refused, expires }: SetCookie, hop: Hop): Partial<Touch> {
  if (refused !== '') return { isRefused: true }
  const ends = Date.parse(expires)
  return { isSet: true, isEnded: !Number.isNaN(ends) && ends <= hop.end }
}

function touch({ touches }: Building, hop: Hop, change: Partial<Touch>): void {
  const before = touches.get(hop) ?? { hop, isSent: false, isSet: false, isRefused: false, isEnded: false }
  touches.set(hop, { ...before, ...change })
}
