/** `session.cookies`: the names of the web's CookieStore, in Node over the jar and in a page over the browser's cookies. */

/** A cookie as `session.cookies` shows it. In a page only what the page may see. */
export interface SessionCookie {
  /** `''` for a cookie without a name. */
  readonly name: string
  /** As text; `bytes` has what was no UTF-8. */
  readonly value: string
  /**
   * `name=value` as they came, one character for each byte: only there where they are not UTF-8, so that they go back as they
   * came. Ignored for a name or value that has been changed.
   */
  readonly bytes?: string
  /** The host, or the Domain that it is sent to; `null` where a page is not told. */
  readonly domain: string | null
  /** Whether it is sent to that very host only. */
  readonly hostOnly?: boolean
  /** Sent to this path and those below it. */
  readonly path: string
  /** Milliseconds since the epoch; `null` for a session cookie. */
  readonly expires: number | null
  /** Whether it is sent over https and to loopback only. */
  readonly secure: boolean
  /** Whether it is hidden from the scripts of a page. */
  readonly httpOnly?: boolean
  /** Whether a browser sends it with requests that other sites cause. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** Whether a browser keeps it apart for each site that embeds its own. */
  readonly partitioned?: boolean
}

/** Attributes of a cookie that is set. Without a `domain` it belongs to the host of `url`, or of `baseURL`. */
export interface CookieOptions {
  /** The URL that it belongs to as if that had set it. @default baseURL */
  readonly url?: string | URL | undefined
  /** Sent to this host and those below it. @default the host of `url`, and no other */
  readonly domain?: string | null | undefined
  /** Sent to this path and those below it. @default '/' */
  readonly path?: string | undefined
  /** A Date, or milliseconds since the epoch (never seconds); `null` for a session cookie. */
  readonly expires?: number | Date | null | undefined
  /** Seconds; wins over `expires`. */
  readonly maxAge?: number | undefined
  /** Sends it over https and to loopback only. @default false */
  readonly secure?: boolean | undefined
  /** Hides it from the scripts of a page; not in a page. @default false */
  readonly httpOnly?: boolean | undefined
  /** In any case: `'Lax'` too. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | 'Strict' | 'Lax' | 'None' | undefined
  /** Keeps it apart, in a browser, for each site that embeds its own. @default false */
  readonly partitioned?: boolean | undefined
  /** `true` ignores `domain` but for the host, as a cookie of `getAll()` has it. */
  readonly hostOnly?: boolean | undefined
  /** As a cookie of `getAll()` has it, where its bytes are not UTF-8. */
  readonly bytes?: string | undefined
}

/** A cookie that `import` did not take: its name, and the rule that it breaks. */
export interface RefusedCookie {
  /** Which cookie. */
  readonly name: string
  /** The rule that it breaks, without its value. */
  readonly reason: string
}

/** What changed, as CookieStore's `change` event has it. */
export interface CookieChangeEvent extends Event {
  /** Set, or replaced. */
  readonly changed: readonly SessionCookie[]
  /** Deleted, or expired. */
  readonly deleted: readonly SessionCookie[]
}

/** The cookies of a session. */
export interface SessionCookies {
  /** The first cookie of that name that would be sent to `url`; without a `url`, to `baseURL`, else of the whole jar. */
  get(name: string, url?: string | URL): Promise<SessionCookie | null>
  /** What would be sent to `url`, in sending order; without a `url` the whole jar. */
  getAll(url?: string | URL): Promise<SessionCookie[]>
  /**
   * Stores a cookie. What a server may send can be set, so what was read can be set again; other than ASCII goes as UTF-8.
   * @throws TypeError for `;`, control characters, lone surrogates, blanks at an end, `=` in the name, no name with an empty
   * or prefix-like value, `expires` in seconds, and if no host is known
   * @example
   * ```ts
   * await session.cookies.set('theme', 'dark', { maxAge: 3600 })
   * ```
   */
  set(name: string, value: string, options?: CookieOptions): Promise<void>
  set(cookie: CookieOptions & { readonly name: string; readonly value: string }): Promise<void>
  /** Deletes the cookies of that name that fit the options, by default of `baseURL`'s host, else of the whole jar. */
  delete(name: string, options?: Pick<CookieOptions, 'url' | 'domain' | 'path'>): Promise<void>
  /** Ends all cookies; in a page those that the page sees. */
  clear(): Promise<void>
  /** The state of the jar, from any store: `createSession({ jar: state })` restores it. Not in a page. */
  export(): Promise<JarState>
  /**
   * Takes over cookies that `getAll()`, `export()` or a format of `sessionfetch/formats` gives, by the rules for a response of
   * the cookie's own host over https: an expired one ends the one that is there. Resolves to those that were refused.
   * In a page nothing is taken if there is one that a page may not set.
   * @throws TypeError for what is no list of cookies; it names the form that it looks like, and what reads it
   * @example
   * ```ts
   * const refused = await session.cookies.import(storageState.read(text))
   * ```
   */
  import(
    cookies: readonly object[] | { readonly cookies: readonly object[]; readonly skipped?: readonly object[] },
  ): Promise<RefusedCookie[]>
  /** The same state, sync, for `JSON.stringify(session.cookies)`. Throws on an async store and in a page. */
  toJSON(): JarState
  /**
   * Tells of every set, replacement, deletion and expiry that a response or a call causes; in a page without `cookieStore` of
   * those that this page's sessions cause.
   */
  addEventListener(type: 'change', listener: (event: CookieChangeEvent) => void, options?: { readonly once?: boolean }): void
  /** Removes a listener that `addEventListener` has added. */
  removeEventListener(type: 'change', listener: (event: CookieChangeEvent) => void): void
}

/** A saved jar: tough-cookie's own form, so that its `CookieJar.deserialize` reads it too. */
export interface JarState {
  /** tough-cookie's version of the form. */
  readonly version: string
  /** In the order they were made. */
  readonly cookies: readonly object[]
}
