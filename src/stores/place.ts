/** The file behind a path: what is there, and what stands in the way. */
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

/** Where symbolic links lead, also when there is nothing yet. What is replaced is the file, and never the link. */
export function targetOf(path: string): string {
  let at = path
  // As many links in a row as Linux follows.
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

/** What a system's refusal means for a store. */
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
