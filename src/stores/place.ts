/** The file at a path: where links lead, whether it has changed, and what the system's errors mean. */
import * as fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StoreError, systemCode } from './error.ts'

/** @throws TypeError for what is neither a path nor a `file:` URL */
export function pathOf(path: unknown): string {
  const isURL = path instanceof URL || (typeof path === 'string' && /^file:\/\//i.test(path))
  if (isURL && new URL(path).protocol === 'file:') return fileURLToPath(path)
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return resolve(path)
  throw new TypeError('fileStore: give the path of a file, as a string or a file: URL')
}

/** The path that symbolic links lead to, also if nothing is there yet: a save replaces the file and not the link. */
export function targetOf(path: string): string {
  let at = path
  // Linux follows 40 links in a row.
  for (let links = 0; links < 40; links++) {
    const to = linkAt(at)
    if (to === undefined) return at
    at = resolve(fs.realpathSync(dirname(at)), to)
  }
  throw new StoreError('unwritable', `${path}: its symbolic links lead in a circle`)
}

function linkAt(path: string): string | undefined {
  try {
    return fs.readlinkSync(path)
  } catch (error) {
    if (/^(EINVAL|ENOENT|UNKNOWN)$/.test(systemCode(error))) return undefined
    throw error
  }
}

/** Tells one content of a file from another, or `''` where there is no file. */
export function stampOf(path: string): string {
  const found = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
  if (!found) return ''
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'not a file'
    throw new StoreError('unwritable', `${path}: ${what}: give the path of a file`)
  }
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
}

/** Makes a StoreError of an error of the system; other errors stay as they are. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = systemCode(error)
  if (error instanceof StoreError || code === '') return error
  return new StoreError('unwritable', `${path}: ${REFUSALS[code] ?? `the system refused it (${code})`}`, error)
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: give the process the right to read and write it and its folder',
  EPERM: 'permission denied: give the process the right to read and write it and its folder',
  EROFS: 'the file system is read-only: give a path elsewhere',
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the disk quota is used up: make room',
  EISDIR: 'a folder: give the path of a file',
  EEXIST: 'a part of the path is a file and not a folder',
  ENOTDIR: 'a part of the path is a file and not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
}
