/** The root is where node_modules is. */
import { fileURLToPath } from 'node:url'

export default { turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) } }
