/** The error of the stores, and the codes of the system that it is made of. */
export { StoreError, type StoreErrorCode } from '../contract/store-error.ts'

/** The error code of the system, such as `ENOSPC`; `''` for an error that is not the system's. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
