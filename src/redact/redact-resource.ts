import type {Pseudonyms} from './pseudonyms.ts'

/** Resources whose names the customer chooses, in the form SERVICE:RESOURCE of an ARN. */
const CHOSEN =
  /^(?:s3:|sns:|sqs:|logs:log-group:|kms:alias\/|secretsmanager:secret:|ssm:parameter\/|dynamodb:table\/|lambda:function:)/
/** Buckets, log groups and parameters of AWS. */
const OF_AWS = /^(?:\/?(?:inspector-)?aws[/-]|amazon|al20\d\d-|patch-baseline-snapshot-|[a-z-]+-\d-birdwatcher-)/
/** Of the names of AWS's buckets, and what every account has. */
const PUBLIC_WORDS = [
  'aws',
  'ssm',
  'amazon',
  'birdwatcher',
  'prod',
  'patch',
  'baseline',
  'snapshot',
  'packages',
  'windows',
  'logs',
]
const REGION = '(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(?:-[a-z]+)+-\\d'
/** A policy variable, the name of a Region, or a word. */
const WORD = new RegExp(`\\$\\{[^}]*\\}|${REGION}|[A-Za-z][A-Za-z0-9]*`, 'g')
const PUBLIC = new RegExp(`^(?:\\$.*|${REGION})$`)

/** What remains of a word before a wildcard may be the beginning of a name of AWS. */
const isPublic = (word: string): boolean => PUBLIC.test(word) || PUBLIC_WORDS.some((known) => known.startsWith(word))

/** A name of a resource word by word, so that the wildcards of a policy match the same names as before. */
export const chosenName = (names: Pseudonyms, name: string): string =>
  OF_AWS.test(name)
    ? name
    : name.replace(WORD, (word) => (isPublic(word) ? word : `word${names.numberOf('word', word)}`))

/** The resource of an ARN. Its type, such as instance or document, is no name. */
export function resourceOf(names: Pseudonyms, service: string, resource: string): string {
  const [chosen] = CHOSEN.exec(`${service}:${resource}`) ?? []
  if (chosen !== undefined) {
    const type = chosen.slice(service.length + 1)
    return type + chosenName(names, resource.slice(type.length))
  }
  const [type = '', ...path] = resource.split('/')
  return [type, ...path.map(names.knownAs)].join('/')
}
