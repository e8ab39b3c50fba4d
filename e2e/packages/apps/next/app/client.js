'use client'
import { createElement as h, useEffect, useState } from 'react'
import { createSession, FetchError, TimeoutError } from 'sessionfetch'
import { job } from '../job.mjs'

export default function Client({ origin }) {
  const [build, setBuild] = useState('')
  useEffect(() => {
    job({ createSession, FetchError, TimeoutError }, origin).then(setBuild, (error) => setBuild(String(error)))
  }, [origin])
  return h('p', { id: 'client' }, build)
}
