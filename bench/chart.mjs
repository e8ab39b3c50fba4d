/** The results as bars: throughput as ratio to raw fetch, a group per scenario. */

const BAR = 12
const GAP = 3
const LEFT = 230
const WIDTH = 860
const COLOURS = { ours: '#0b7285', fetch: '#868e96', peer: '#ced4da' }

export function chart(ratios, keys, titles) {
  const names = Object.keys(ratios)
  const most = Math.max(...names.flatMap((name) => keys.map((key) => ratios[name][key] ?? 0)))
  const scale = (WIDTH - LEFT - 60) / most
  const parts = []
  let y = 30
  for (const key of keys) {
    parts.push(`<text x="10" y="${y}" font-weight="bold">${key}: ${titles[key]}</text>`)
    y += 8
    for (const name of names) {
      const value = ratios[name][key] ?? 0
      const colour = name.startsWith('sessionfetch') ? COLOURS.ours : name === 'fetch' ? COLOURS.fetch : COLOURS.peer
      parts.push(`<text x="${LEFT - 6}" y="${y + BAR - 2}" text-anchor="end">${name}</text>`)
      parts.push(`<rect x="${LEFT}" y="${y}" width="${(value * scale).toFixed(1)}" height="${BAR}" fill="${colour}"/>`)
      parts.push(`<text x="${(LEFT + value * scale + 5).toFixed(1)}" y="${y + BAR - 2}">${value.toFixed(2)}</text>`)
      y += BAR + GAP
    }
    y += 26
  }
  const style = 'font: 11px system-ui, sans-serif; fill: #212529'
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"><title>Throughput as ratio to raw fetch</title><rect width="100%" height="100%" fill="#fff"/><g style="${style}">${parts.join('')}</g></svg>\n`
}
