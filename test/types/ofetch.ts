/** A session is an ofetch instance, by structure. */
import type { $Fetch, FetchOptions } from 'ofetch'
import { createSession } from 'sessionfetch'

const asOfetch: $Fetch = createSession()
declare const options: FetchOptions<'json'>
void createSession().get('/x', options)
void asOfetch('/x')
