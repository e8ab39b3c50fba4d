/** `fileStore`: a jar in a file. */
import type { JarStore, StoreChange, StoredCookie } from '../contract/jar-store.ts'
import { Encryption } from './encryption.ts'
import { FileJar } from './file-jar.ts'
import { milliseconds, optionsOf } from './options.ts'
import { pathOf } from './place.ts'

/** The options of `fileStore`. */
export interface FileStoreOptions {
  /** A passphrase, or 32 bytes: the file is encrypted with AES-256-GCM. @default none: plain JSON, mode 0600 */
  readonly key?: string | Uint8Array | undefined
  /** Milliseconds after which a request looks whether another process has changed the file. @default 1000 */
  readonly staleTime?: number | undefined
}

/** A store that answers at once: `toJSON()` and `fork()` stay sync over it. */
export interface FileStore extends JarStore {
  /** What is kept for these domains, all if none are named; `undefined` if nothing has changed. */
  read(domains?: readonly string[]): readonly StoredCookie[] | undefined
  /** Applies all changes, and saves them soon. */
  write(changes: readonly StoreChange[]): void
  /** Resolves when every change so far is on the disk; rejects with the reason that it is not. */
  flush(): Promise<void>
}

/**
 * Makes a store that keeps a jar in a file, so that a session is still logged in tomorrow. Several processes may share the file.
 *
 * @throws TypeError for a path or key that cannot be one
 * @example
 * ```ts
 * const session = createSession({ baseURL: 'https://shop.example', jar: fileStore('jar.json') })
 * ```
 */
export function fileStore(path: string | URL, options: FileStoreOptions = {}): FileStore {
  const { key, staleTime } = optionsOf(options, 'fileStore')
  const encryption = key === undefined ? undefined : new Encryption(key)
  const store = new FileJar(pathOf(path), encryption, milliseconds(staleTime, 1000, 'fileStore: staleTime'))
  return {
    read: (domains) => store.read(domains),
    write: (changes) => store.write(changes),
    flush: () => store.flush(),
  }
}
