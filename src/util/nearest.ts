/** The known words that are nearest to a mistyped one, the most similar first; none if nothing was typed. */
export function nearest(typed: string, known: readonly string[]): readonly string[] {
  if (typed.trim() === '') return []
  const most = Math.max(2, Math.floor(typed.length / 3))
  return known
    .map((word) => ({word, distance: word.startsWith(typed) ? 1 : distanceOf(typed, word)}))
    .filter(({distance}) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({word}) => word)
}

/** Insertions, deletions and substitutions. https://en.wikipedia.org/wiki/Levenshtein_distance */
function distanceOf(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** `Did you mean audit?`, or nothing. */
export function didYouMean(
  typed: string,
  known: readonly string[],
  shown: (word: string) => string = (word) => word,
): string {
  const suggestions = nearest(typed, known).map(shown)
  return suggestions.length === 0 ? '' : ` Did you mean ${suggestions.join(' or ')}?`
}
