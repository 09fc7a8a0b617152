import {readdirSync, readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

/** Turns of phrase that AWS's documentation does not use. CONTRIBUTING.md has the words that the product uses instead. */
const WORN_OUT = [
  /\blets? no\b/,
  /\b(?:does|do) not let\b/,
  /\badmit(?:s|ted)?\b/,
  /\bleads? (?:to nowhere|nowhere|the routes)\b/,
  /\b(?:[Ss]witch|[Tt]urn)(?:es|ed|s)? (?:it |them )?(?:on|off)\b/,
  /\bany ?more\b/,
  /\b(?:is|are) gone\b/,
  /\b(?:heal|cure|mend)(?:s|ed)?\b/,
  /\b(?:anew|afresh|likewise|seldom|for good|soundly|unsaid)\b/,
  /\b(?:nobody|somebody|whoever|one's own)\b/,
  /\b(?:cannot|can) be told\b|\btold apart\b/,
  /\bever (?:longer|more)\b/,
  /\bWhether .* is open\b/,
  /\(No charge\.\)|\bper GB\.\)/,
  /\bat once\b|\bby (?:itself|themselves)\b|\bcut (?:off|once)\b/,
  /\bheartbeats? alive\b|\bkeep its heartbeat\b|\bGo on\?/,
] as const

/** Words that code text avoids as well: identifiers, comments and test titles. */
const WORN_OUT_IN_CODE = [
  /\b(?:[Tt]old|[Tt]ells?|[Tt]elling)\b/,
  /\b(?:whom|whoever|[Nn]obody|[Ss]omebody)\b/,
  /\b(?:anew|afresh|seldom|likewise|meanwhile)\b/,
  /\b(?:is|are) gone\b/,
  /\b(?:cured?|mends?|mended|healed|ills)\b/,
  /\b(?:[Bb]lam(?:e|es|ed)|guilty|culprits?)\b/,
  /\bis content with\b|\bhas nothing to say\b|\bgives? a word\b/,
] as const

const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)

/** Text in quotes that has words, without what is put into it; comments are for the reader of the code. */
const sentencesIn = (code: string): readonly string[] =>
  code
    .replaceAll(/^\s*(?:\*|\/\*|\/\/|import\b).*$/gm, '')
    .replaceAll(/\$\{[^{}]*\}/g, '…')
    .match(
      /'(?:[^'\\\n]|\\.)* (?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)* (?:[^`\\]|\\.)*`/g,
    ) ?? []

const wornOut = (
  file: string,
  sentences: readonly string[],
  patterns: readonly RegExp[] = WORN_OUT,
): readonly string[] =>
  sentences.flatMap((text) =>
    patterns
      .flatMap((pattern) => pattern.exec(text)?.[0] ?? [])
      .map((found) => `${file}: "${found}" in ${text.slice(0, 90)}`),
  )

it("every sentence of the program uses AWS's own words", () => {
  const found = filesIn('src', '.ts').flatMap((file) => wornOut(file, sentencesIn(readFileSync(file, 'utf8'))))
  expect(found).toEqual([])
})

it('so does the documentation', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...filesIn('docs', '.md')]
  expect(files.flatMap((file) => wornOut(file, readFileSync(file, 'utf8').split('\n')))).toEqual([])
})

it('so do identifiers, comments and test titles', () => {
  const files = [...filesIn('src', '.ts'), ...filesIn('test', '.ts'), ...filesIn('bench', '.mjs')]
  const found = files
    .filter((file) => file !== 'test/words.test.ts')
    .flatMap((file) => wornOut(file, readFileSync(file, 'utf8').split('\n'), WORN_OUT_IN_CODE))
  expect(found).toEqual([])
})
