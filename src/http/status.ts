/** Sets of status codes that the Fetch standard has names for. */

/** Fetch standard 2.2.3, "redirect status": with a Location they lead elsewhere. */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
