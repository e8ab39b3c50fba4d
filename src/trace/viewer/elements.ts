/** Elements by function: text only ever becomes text, so nothing that a server wrote becomes markup. */

type Child = Node | string | false | undefined | readonly Child[]
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Makes an HTML element. An attribute that is `false` or `undefined` is left out, one that is `true` is empty. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children)
}

/** Makes an SVG element. */
export function drawing<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill<E extends Element>(made: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(
    ...children
      .flat(9)
      .filter((child) => child !== false && child !== undefined)
      .map(asNode),
  )
  return made
}

const asNode = (child: unknown): Node | string => child as Node | string

/** The element with this id, which the page has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new RangeError(`the page has no #${id}`)
  return found
}
