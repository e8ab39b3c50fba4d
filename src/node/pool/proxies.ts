/** Which proxy a URL goes through: a table, or the environment's variables, with exceptions. */
import type { ProxyOption, ProxyTable } from '../../contract/connections.ts'
import { asciiHost } from '../../http/url.ts'
import { builtin, environmentVariables } from '../builtin.ts'

/** Finds the proxy of a URL; `undefined` for none. */
export type FindProxy = (url: URL) => URL | undefined

const SCHEMES = ['http:', 'https:', 'socks:', 'socks5:']

/** Checks a `proxy` option. */
export function parseProxy(option: ProxyOption): FindProxy {
  if (option === null) return () => undefined
  if (typeof option === 'string' || option instanceof URL) return always(parseProxyURL(option, 'proxy'))
  if (typeof option !== 'object' || Array.isArray(option))
    throw new TypeError('proxy: give a URL, or a table { https: …, all: …, noProxy }')
  return tableOf(option, 'proxy')
}

/**
 * The proxies of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; lower case wins, as in curl. Under CGI, which
 * `REQUEST_METHOD` tells, `HTTP_PROXY` is the visitor's own `Proxy` header (CVE-2016-5385), and so is not read.
 */
export function proxyFromEnvironment(): FindProxy {
  const { HTTP_PROXY, ...others } = environmentVariables()
  const variables = others.REQUEST_METHOD === undefined ? { HTTP_PROXY, ...others } : others
  const find = (name: string) => [name.toLowerCase(), name].find((one) => variables[one])
  const proxy = (name: string) => {
    const found = find(name)
    return found === undefined ? undefined : parseProxyURL(variables[found] ?? '', `trustEnv: ${found}`)
  }
  const noProxy = variables[find('NO_PROXY') ?? '']
  return tableOf({ http: proxy('HTTP_PROXY'), https: proxy('HTTPS_PROXY'), all: proxy('ALL_PROXY'), noProxy }, 'trustEnv')
}

function always(proxy: URL): FindProxy {
  return () => proxy
}

function tableOf({ noProxy, ...targets }: ProxyTable, option: string): FindProxy {
  if (noProxy !== undefined && typeof noProxy !== 'string' && !Array.isArray(noProxy))
    throw new TypeError(`${option}: noProxy must be a string or an array`)
  const isExempt = parseNoProxy(noProxy ?? '')
  const proxies = new Map<string, URL | null>()
  for (const [target, proxy] of Object.entries(targets)) {
    if (proxy === undefined) continue
    const key = /^(https?|all)$/i.test(target) ? target.toLowerCase() : originOf(target, option)
    proxies.set(key, proxy === null ? null : parseProxyURL(proxy as string | URL, option))
  }
  return (url) => {
    if (isExempt(url)) return undefined
    const keys = [url.origin, `${url.protocol}//${url.hostname}`, url.protocol.slice(0, -1), 'all']
    const key = keys.find((one) => proxies.has(one))
    return (key === undefined ? undefined : proxies.get(key)) ?? undefined
  }
}

function originOf(target: string, option: string): string {
  if (target.includes('://') && URL.canParse(target)) return new URL(target).origin
  throw new TypeError(`${option}: a key is neither a scheme, 'all', nor like 'https://host'`)
}

/** The message never quotes the value: where a URL does not parse, nobody can say which part of it is the password. */
function parseProxyURL(proxy: string | URL, option: string): URL {
  const text = String(proxy)
  // curl's name for SOCKS5 where the proxy looks the host up, as undici has every proxy do.
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text.replace(/^socks5h:/i, 'socks5:') : `http://${text}`
  if (!URL.canParse(withScheme))
    throw new TypeError(`${option}: no proxy URL; give 'http://host:port', with user name and password percent-encoded`)
  const url = new URL(withScheme)
  if (!SCHEMES.includes(url.protocol) || url.hostname === '')
    throw new TypeError(`${option}: a proxy must be http, https or socks5, with a host`)
  // 'http://ada:12/34@host' parses as the host 'ada', its port 12 and a path.
  const isBroken = `${url.pathname}${url.search}${url.hash}`.includes('@')
  if (isBroken || !isDecodable(url.username + url.password))
    throw new TypeError(`${option}: user name and password must be percent-encoded`)
  return url
}

function isDecodable(userinfo: string): boolean {
  try {
    decodeURIComponent(userinfo)
    return true
  } catch {
    return false
  }
}

/** Names at a dot boundary, with or without a port; addresses; CIDR blocks; `*`. */
export function parseNoProxy(list: string | readonly string[]): (url: URL) => boolean {
  const entries = (typeof list === 'string' ? list.split(/[\s,]+/) : list)
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
  const rules = entries.map(parseEntry)
  return (url) => {
    const host = url.hostname
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase()
    const port = url.port || (url.protocol === 'https:' ? '443' : '80')
    return rules.some((rule) => rule(host, port))
  }
}

function parseEntry(entry: string): (host: string, port: string) => boolean {
  if (entry === '*') return () => true
  const [, network, bits] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? []
  if (network !== undefined) return inBlock(network, Number(bits))
  const [, name = '', port] =
    /^(.*?)(?::(\d+))?$/.exec(/^[\da-f:]+$/.test(entry) && entry.split(':').length > 2 ? `[${entry}]` : entry) ?? []
  const bare = name.replace(/^\[|[\].]$/g, '').replace(/^\*?\./, '')
  const own = asciiHost(bare)
  return (host, at) => (port === undefined || port === at) && (host === own || host.endsWith(`.${own}`))
}

function inBlock(network: string, bits: number): (host: string) => boolean {
  const { BlockList, isIP } = builtin('node:net')
  const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
  const block = new BlockList()
  try {
    block.addSubnet(network, bits, family(network))
  } catch {
    throw new TypeError(`noProxy: '${network}/${bits}' is no block of addresses`)
  }
  return (host) => isIP(host) > 0 && block.check(host, family(host))
}
