/** HTTP/2 frames as bytes (RFC 9113 section 4.1). */

export const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, CONTINUATION] = [0, 1, 3, 4, 7, 9] as const
export const END_STREAM = 1
export const END_HEADERS = 4
export const PADDED = 8

/** One frame. */
export const frame = (type: number, flags: number, stream: number, ...payload: number[]): number[] => [
  ...[0, payload.length >> 8, payload.length & 255, type, flags],
  // The first bit is reserved, and may be anything.
  ...[(stream >>> 24) | 128, (stream >> 16) & 255, (stream >> 8) & 255, stream & 255],
  ...payload,
]
