/** What the size of a session in a page is measured by. */
import { createSession } from 'sessionfetch'

globalThis.createSession = createSession
