/** The word, or words, for a number of things. */
export const forNumber = (count: number, singular: string, plural = `${singular}s`): string =>
  count === 1 ? singular : plural

/** "1 instance", "2 instances"; "1 check passes", "2 checks pass". */
export const counted = (count: number, singular: string, plural?: string): string =>
  `${count} ${forNumber(count, singular, plural)}`
