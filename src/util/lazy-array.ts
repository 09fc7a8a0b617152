/**
 * An array of known length whose items are made when something else is read of it: a changed copy of a long list is
 * rarely more than searched, which the index of the list does.
 */
export function lazyArray<T>(length: number, make: () => readonly T[]): readonly T[] {
  let isMade = false
  const made = (target: T[]): T[] => {
    if (!isMade) for (const item of make()) target.push(item)
    isMade = true
    return target
  }
  return new Proxy<T[]>([], {
    get: (target, key) => (key === 'length' && !isMade ? length : Reflect.get(made(target), key)),
    has: (target, key) => key in (isIndex(key) ? made(target) : target),
    ownKeys: (target) => Reflect.ownKeys(made(target)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(made(target), key),
  })
}

const isIndex = (key: string | symbol): boolean => typeof key === 'string' && /^\d+$/.test(key)
