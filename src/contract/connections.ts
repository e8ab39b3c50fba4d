/** The options of a session's own connections in Node. Types only: what they do is in `src/node/`. */

/** `{ 'https://host': …, https: …, http: …, all: …, noProxy }`; the most exact key counts. */
export interface ProxyTable {
  /** Names, addresses and CIDR blocks that are reached directly; `*` is all. */
  readonly noProxy?: string | readonly string[] | undefined
  readonly [target: string]: string | URL | null | undefined | readonly string[]
}

/** One proxy for all requests, a table by target, or `null` for none. */
export type ProxyOption = string | URL | ProxyTable | null

/** Certificates or keys: PEM text, bytes, the path of a file, or several of these. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[]

/** Whom to trust, and who the client is. */
export interface TLSOptions {
  /** Authorities to trust, instead of the platform's: PEM text, bytes, or the path of a file. */
  readonly ca?: Pem | undefined
  /** The client's certificate: PEM text, bytes, or the path of a file. */
  readonly cert?: Pem | undefined
  /** The key of the client's certificate: PEM text, bytes, or the path of a file. */
  readonly key?: Pem | undefined
  /** Of an encrypted `key`. */
  readonly passphrase?: string | undefined
  /** `false` accepts any certificate: for tests on your own machine. @default true */
  readonly rejectUnauthorized?: boolean | undefined
}

/** The connections of a session's own: how many, and how long they are kept. */
export interface PoolOptions {
  /** Most connections to one origin. @default no limit; over HTTP/2 1, which takes as many requests as the server allows */
  readonly connections?: number | undefined
  /** How long an idle connection is kept, in ms. @default 4000 */
  readonly keepAlive?: number | undefined
  /** Requests on one connection at a time, HTTP/1.1. @default 1 */
  readonly pipelining?: number | undefined
  /**
   * Whether to speak HTTP/2 with servers that offer it, over https, also through an http proxy. Others get HTTP/1.1.
   *
   * @default false
   */
  readonly http2?: boolean | undefined
}

/** The options that give a session connections of its own. */
export interface ConnectionOptions {
  /** `true`, or the limits of the pool. */
  readonly pool?: boolean | PoolOptions | undefined
  /** Where requests go through. */
  readonly proxy?: ProxyOption | undefined
  /** Whom to trust over https, and the client's certificate. */
  readonly tls?: TLSOptions | undefined
  /** Path of a Unix socket that every request goes through. */
  readonly socketPath?: string | undefined
  /** Proxies, authorities and `.netrc` of the environment, under what the session says. @default false */
  readonly trustEnv?: boolean | undefined
}
