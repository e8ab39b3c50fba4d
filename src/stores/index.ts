/** `sessionfetch/stores`: a session that outlives its process. Node, Bun and Deno. */

export type { JarStore, StoreChange, StoredCookie } from '../contract/jar-store.ts'
export { StoreError, type StoreErrorCode } from './error.ts'
export { type FileStore, type FileStoreOptions, fileStore } from './file.ts'
export { type RedisStore, type RedisStoreOptions, redisStore } from './redis.ts'
export type { RedisClient } from './redis-client.ts'
