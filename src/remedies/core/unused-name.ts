/** The name, or the name with the first number that makes it unused. */
export function unusedName(name: string, taken: ReadonlySet<string | undefined>): string {
  let free = name
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`
  return free
}
