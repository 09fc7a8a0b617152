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

/** Keeps every answer, for as long as the function itself is kept. */
export function remembered<K, V extends object | string | boolean>(answerTo: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    const answer = known.get(key)
    if (answer !== undefined) return answer
    const fresh = answerTo(key)
    known.set(key, fresh)
    return fresh
  }
}
