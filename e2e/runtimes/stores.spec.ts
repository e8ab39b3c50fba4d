/** A jar in a file, in the runtimes that have files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from 'sessionfetch'
import * as stores from 'sessionfetch/stores'
import { inject, test } from 'vitest'
import { SUB_PATHS } from '../packages/apps/sub-paths.mjs'

test('sub-paths › sessionfetch/stores', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sessionfetch-matrix-'))
  await SUB_PATHS.stores(stores, { createSession, origin: inject('a'), folder })
  rmSync(folder, { recursive: true })
})
