/** Caches what was derived from an immutable object for as long as the object lives. */
export function memo<K extends object, V>(derive: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    const value = known.get(key)
    if (value !== undefined) return value
    const fresh = derive(key)
    known.set(key, fresh)
    return fresh
  }
}
