/** The page: takes a HAR that was put into it, dropped on it, opened, or told by the page around it, and shows it. */

import { byId, element } from './elements.ts'
import { readRecording } from './recording.ts'
import { showRecording } from './view.ts'

/** `source`: the text of a file, or what another page has told. */
function show(source: unknown, name: string): void {
  const problem = byId('problem')
  try {
    const recording = readRecording(typeof source === 'string' ? source : JSON.stringify(source ?? null))
    if (recording.hops.length === 0) throw new TypeError('this HAR file has no request in it')
    showRecording(recording, name)
    byId('empty').hidden = true
    byId('panes').hidden = false
    byId('key').hidden = false
    problem.hidden = true
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    problem.replaceChildren(element('span', {}, `${name === '' ? '' : `${name}: `}${error.message}`))
    problem.hidden = false
  }
}

async function open(file: File | null | undefined): Promise<void> {
  if (file) show(await file.text(), file.name)
}

function takeDrops(): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    document.body.classList.add('is-dropping')
  })
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('is-dropping')
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    document.body.classList.remove('is-dropping')
    void open(event.dataTransfer?.files[0])
  })
}

interface Told {
  readonly type?: unknown
  readonly har?: unknown
  readonly name?: unknown
}

/** A page that frames this one, or has opened it, may tell it a HAR: `{ type: 'sessionfetch:har', har, name }`. */
function listen(): void {
  const around = window.opener ?? (window.parent === window ? undefined : window.parent)
  if (!around) return
  window.addEventListener('message', ({ data, source }: MessageEvent<Told | null>) => {
    if (source !== around || data?.type !== 'sessionfetch:har') return
    show(data.har, typeof data.name === 'string' ? data.name : '')
  })
  around.postMessage({ type: 'sessionfetch:ready' }, '*')
}

const input = byId('file') as HTMLInputElement
input.addEventListener('change', () => {
  void open(input.files?.[0])
  // The same file may be opened again after it has changed.
  input.value = ''
})
takeDrops()
listen()
const embedded = byId('har')
if (embedded.textContent?.trim()) show(embedded.textContent, embedded.dataset.name ?? '')
