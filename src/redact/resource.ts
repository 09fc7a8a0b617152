import type {Pseudonyms} from './pseudonyms.ts'

/**
 * Resources that AWS gives an id, and settings and nodes of Systems Manager; all others have a name of the customer's.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITH_IDS =
  /^(?:ec2:(?!key-pair\/|placement-group\/)|ssm:(?!parameter\/|document\/|automation-definition\/|session\/|resource-data-sync\/)|kms:key\/|route53|organizations:)/
/** Services whose ARNs begin with the name; elsewhere a type precedes it. */
const WITHOUT_TYPE = new Set(['s3', 'sns', 'sqs'])
/** Buckets, log groups, parameters, documents and roles of AWS. */
const OF_AWS =
  /^(?:\/?(?:inspector-)?aws[/-]|AWS(?!ReservedSSO)[A-Z-]|[Aa]mazon|SSM-SessionManagerRunShell|al20\d\d-|patch-baseline-snapshot-|[a-z-]+-\d-birdwatcher-)/
/** Of the names of AWS's buckets, and what every account has. */
const PUBLIC_WORDS = [
  'AWSReservedSSO',
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

/** Ids of resources stay; that of a policy of an organization is one of many, as that of the organization is. */
const idOf = (names: Pseudonyms, part: string): string =>
  /^p-\w{8,}$/.test(part)
    ? `p-${String(names.numberOf('organization policy', part)).padStart(8, '0')}`
    : names.knownAs(part)

/** The resource of an ARN. Its type, such as instance or document, is no name. */
export function resourceOf(names: Pseudonyms, service: string, resource: string): string {
  const [sort = '', ...path] = resource.split('/')
  if (WITH_IDS.test(`${service}:${resource}`)) return [sort, ...path.map((part) => idOf(names, part))].join('/')
  const type = WITHOUT_TYPE.has(service) ? '' : (/^[\w-]+[:/]/.exec(resource)?.[0] ?? '')
  return type + chosenName(names, resource.slice(type.length))
}
