/**
 * `tls`: own authorities, a client certificate. Checked when the session is made, since a missing file is the caller's mistake.
 */
import type { Pem, TLSOptions } from '../../contract/connections.ts'
import { builtin, environmentVariables } from '../builtin.ts'

const KEYS = ['ca', 'cert', 'key', 'passphrase', 'rejectUnauthorized']

/** Checks the `tls` option and gives what undici's connector takes. */
export function parseTLS(option: TLSOptions | undefined, trustEnv: boolean): Record<string, unknown> {
  if (option !== undefined && (typeof option !== 'object' || option === null))
    throw new TypeError('tls: give { ca, cert, key, passphrase, rejectUnauthorized }')
  const unknown = Object.keys(option ?? {}).find((key) => !KEYS.includes(key))
  if (unknown) throw new TypeError(`tls: '${unknown}' is none of ${KEYS.join(', ')}`)
  const parsed: Record<string, unknown> = {}
  for (const key of ['ca', 'cert', 'key'] as const) {
    const value = option?.[key]
    if (value !== undefined) parsed[key] = readPem(value, `tls.${key}`)
  }
  for (const key of ['passphrase', 'rejectUnauthorized'] as const) {
    if (option?.[key] !== undefined) parsed[key] = option[key]
  }
  if (trustEnv && parsed.ca === undefined) Object.assign(parsed, authoritiesOfEnvironment())
  return parsed
}

/** The authorities of SSL_CERT_FILE, beside Node's own and those of NODE_EXTRA_CA_CERTS, both of which a `ca` would replace. */
function authoritiesOfEnvironment(): { ca?: unknown[] } {
  const { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS } = environmentVariables()
  if (!SSL_CERT_FILE) return {}
  const files = Object.entries({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }).map(([name, path]) =>
    path ? [readFile(path, `trustEnv: ${name}`)] : [],
  )
  return { ca: [...builtin('node:tls').rootCertificates, ...files.flat()] }
}

function readPem(value: Pem, option: string): unknown {
  if (Array.isArray(value)) return value.map((one) => readPem(one as string, option))
  if (typeof value !== 'string') return value
  return value.includes('-----BEGIN') ? value : readFile(value, option)
}

function readFile(path: string, option: string): string {
  try {
    return builtin('node:fs').readFileSync(path, 'utf8')
  } catch (error) {
    // A key without its BEGIN line looks like a path, and is not to be quoted.
    const shown = option.endsWith('key') ? '' : ` '${path.slice(0, 200)}'`
    const { code } = error as { code?: string }
    throw new TypeError(`${option}: the file${shown} cannot be read (${code}); give PEM text or the path of a PEM file`)
  }
}
