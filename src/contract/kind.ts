/**
 * Classes that `instanceof` recognises across copies of the package. An application that uses `import` and a library that
 * uses `require` load two builds in one process, with two classes of each name; a symbol on the prototypes makes them one.
 */

/** The key under which a prototype says which class it belongs to. */
const KIND = Symbol.for('sessionfetch.kind')

/** Sets properties that logs and `JSON.stringify` do not follow: a request holds headers, and headers hold secrets. */
export function hide<T extends object>(target: T, values: object): T {
  for (const key of Reflect.ownKeys(values)) {
    Object.defineProperty(target, key, { value: Reflect.get(values, key), configurable: true, writable: true })
  }
  return target
}

type Class = abstract new (...args: never[]) => object

/**
 * Gives the instances of each class its name, and lets `instanceof` hold for instances of another copy's class of that name. A
 * subclass that is not given here is an instance of its base classes as usual.
 */
export function recognise(classes: Readonly<Record<string, Class>>): void {
  for (const [kind, of] of Object.entries(classes)) {
    // The name stays the same when a bundler shortens that of the class.
    hide(of.prototype, { name: kind, [KIND]: kind })
    hide(of, { [Symbol.hasInstance]: isInstance })
  }
}

function isInstance(this: Class, value: unknown): boolean {
  const { prototype } = this
  const kind = ownKind(prototype)
  // Strings and numbers have a prototype too, which is of no kind.
  for (let at: unknown = value; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    if (at !== value && (at === prototype || (kind && ownKind(at) === kind))) return true
  }
  return false
}

function ownKind(prototype: object): unknown {
  return Object.hasOwn(prototype, KIND) && (prototype as { [KIND]?: unknown })[KIND]
}
