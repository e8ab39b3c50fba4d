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
  const flows = new Flows()
  const ordered = [...hops].sort((one, other) => one.start - other.start)
  for (const hop of ordered) {
    for (const { name } of hop.sent) touch(flows.carried(name, hop), hop, { isSent: true })
    for (const cookie of hop.set) touch(flows.set(cookie), hop, effectOf(cookie, hop))
  }
  const place = new Map(hops.map((hop, at) => [hop, at]))
  return flows.all.map(({ name, domain, touches }) => ({
    name,
    domain,
    touches: [...touches.values()].sort((one, other) => (place.get(one.hop) ?? 0) - (place.get(other.hop) ?? 0)),
  }))
}

/** The flows so far. A file may name thousands of cookies, of few domains each. */
class Flows {
  readonly all: Building[] = []
  readonly #byName = new Map<string, Building[]>()

  /** The one whose domain covers the host, the closest first; one that no response set was there before. */
  carried(name: string, { url }: Hop): Building {
    const host = hostOf(url)
    const covering = this.#named(name).filter(({ domain }) => domain === host || host.endsWith(`.${domain}`))
    const closest = covering.sort((one, other) => other.domain.length - one.domain.length)[0]
    return closest ?? this.#begin(name, host)
  }

  set({ name, domain }: SetCookie): Building {
    return this.#named(name).find((flow) => flow.domain === domain) ?? this.#begin(name, domain)
  }

  #named(name: string): Building[] {
    return this.#byName.get(name) ?? []
  }

  #begin(name: string, domain: string): Building {
    const flow: Building = { name, domain, touches: new Map() }
    this.all.push(flow)
    this.#byName.set(name, [...this.#named(name), flow])
    return flow
  }
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
