/**
 * Downloads a file with a progress bar: `download URL [FILE]`. The body goes to the disk as it arrives, and is never whole in
 * memory. Without arguments it downloads from a small server that it starts.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createSession, type ProgressEvent, raiseForStatus } from 'sessionfetch'

const WIDTH = 30
const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`

/** One line of text: a bar where the length is known, else how much there is so far. */
function bar({ loaded, total, percent, bytesPerSecond }: ProgressEvent): string {
  const speed = `${megabytes(bytesPerSecond)}/s`
  if (total === undefined || percent === undefined) return `${megabytes(loaded)}  ${speed}`
  const full = Math.round((WIDTH * percent) / 100)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent.toFixed(0)} % of ${megabytes(total)}  ${speed}`
}

/** A terminal gets one line that changes; a file or a pipe gets the last one only. */
function show(event: ProgressEvent): void {
  const isLast = event.loaded === event.total
  if (process.stderr.isTTY) process.stderr.write(`\r${bar(event)}\x1b[K${isLast ? '\n' : ''}`)
  else if (isLast) process.stderr.write(`${bar(event)}\n`)
}

async function download(url: string, file: string): Promise<void> {
  // No limit for the whole, which may be large; but a server that falls silent for half a minute is given up.
  await using session = createSession({ timeout: { attempt: 10_000, idle: 30_000 }, retry: 2 })
  const { body } = raiseForStatus(await session.fetch(url, { onDownloadProgress: show }))
  if (body) await pipeline(Readable.from(body), createWriteStream(file))
  console.log(file)
}

/** Sends 20 MB in pieces, as fast as they are taken. */
async function startServer() {
  const piece = Buffer.alloc(250_000, 'x')
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 80 * piece.length })
    Readable.from(Array.from({ length: 80 }, () => piece)).pipe(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/large.bin`, close: () => server.close() }
}

const [url, file] = process.argv.slice(2)
if (url) await download(url, file ?? (basename(new URL(url).pathname) || 'download'))
else {
  const server = await startServer()
  await download(server.url, join(tmpdir(), 'sessionfetch-large.bin'))
  server.close()
}
