import {Inspector2Client} from '@aws-sdk/client-inspector2'
import {makeBuilder} from '@smithy/core/client'
import {getEndpointPlugin} from '@smithy/core/endpoints'
import type {ProfileAssociation, ProfileResourceAssociation} from '../../model/account.ts'
import {dnsSuffix, partitionOf} from '../../model/partition.ts'

/**
 * The registry has no SDK client for Route 53 Profiles. The service speaks the protocol of Amazon Inspector's
 * client (REST with JSON) with its own endpoint and signing name; retries, signing and the guard are the SDK's.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Profiles.html
 */
const SERVICE = 'route53profiles'

interface EndpointParameters {
  readonly Region?: string
  readonly UseFIPS?: boolean
  readonly UseDualStack?: boolean
  readonly Endpoint?: string
}

/** https://docs.aws.amazon.com/general/latest/gr/r53.html */
function endpointOf({Region = '', UseFIPS = false, UseDualStack = false, Endpoint}: EndpointParameters): {url: URL} {
  if (Endpoint !== undefined) return {url: new URL(Endpoint)}
  const suffix = UseDualStack ? 'api.aws' : dnsSuffix(partitionOf(Region))
  return {url: new URL(`https://${SERVICE}${UseFIPS ? '-fips' : ''}.${Region}.${suffix}`)}
}

type Configuration = NonNullable<ConstructorParameters<typeof Inspector2Client>[0]>

/** The SDK's clients are classes, and so is one that is built like them. */
export const Route53ProfilesClient = class Route53ProfilesClient extends Inspector2Client {
  constructor(configuration: object) {
    const own = {serviceId: 'Route53Profiles', signingName: SERVICE, endpointProvider: endpointOf}
    super({...configuration, ...own} as Configuration)
  }
}

const command = makeBuilder<Configurable, object, Answered>(
  {
    UseFIPS: {type: 'builtInParams', name: 'useFipsEndpoint'},
    Endpoint: {type: 'builtInParams', name: 'endpoint'},
    Region: {type: 'builtInParams', name: 'region'},
    UseDualStack: {type: 'builtInParams', name: 'useDualstackEndpoint'},
  },
  SERVICE,
  'Route53ProfilesClient',
  getEndpointPlugin,
)

type Configurable = Inspector2Client['config']
interface Answered {
  readonly $metadata: object
}

/** The SDK's notation of a shape: 3 is a structure, 9 an operation, 0 a text, 1 a number. */
const NAMESPACE = 'com.amazonaws.route53profiles'
const texts = (name: string, ...fields: readonly string[]) => [3, NAMESPACE, name, 0, fields, fields.map(() => 0)]
const listOf = (item: unknown) => [1, NAMESPACE, 'List', 0, () => item]
const PAGE = [
  [0, {httpQuery: 'nextToken'}],
  [1, {httpQuery: 'maxResults'}],
] as const

const association = texts('ProfileAssociation', 'Id', 'Name', 'OwnerId', 'ProfileId', 'ResourceId', 'Status')
const resource = texts(
  'ProfileResourceAssociation',
  ...['Id', 'Name', 'OwnerId', 'ProfileId', 'ResourceArn', 'ResourceProperties', 'ResourceType', 'Status'],
)

/** The operation that lists items of this type, and its only parameter besides those of a page. */
const listing = (items: string, path: string, [field, trait]: readonly [string, object], item: unknown): never => {
  const input = [3, NAMESPACE, `List${items}Request`, 0, ['NextToken', 'MaxResults', field], [...PAGE, [0, trait]]]
  const output = [3, NAMESPACE, `List${items}Response`, 0, ['NextToken', items], [0, () => listOf(item)]]
  return [9, NAMESPACE, `List${items}`, {http: ['GET', path, 200]}, () => input, () => output] as never
}

/** @public as in AWS's own clients */
export const ListProfileAssociations$ = listing(
  'ProfileAssociations',
  '/profileassociations',
  ['ResourceId', {httpQuery: 'resourceId'}],
  association,
)

/** @public as in AWS's own clients */
export const ListProfileResourceAssociations$ = listing(
  'ProfileResourceAssociations',
  '/profileresourceassociations/profileid/{ProfileId}',
  ['ProfileId', {httpLabel: 1}],
  resource,
)

interface Page {
  readonly NextToken?: string | undefined
  readonly MaxResults?: number
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ListProfileAssociations.html */
export const ListProfileAssociationsCommand = command<
  Page & {readonly ResourceId?: string},
  Answered & {readonly NextToken?: string; readonly ProfileAssociations?: readonly Partial<ProfileAssociation>[]}
>({}, () => [], 'ListProfileAssociations', ListProfileAssociations$)

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ListProfileResourceAssociations.html */
export const ListProfileResourceAssociationsCommand = command<
  Page & {readonly ProfileId: string},
  Answered & {
    readonly NextToken?: string
    readonly ProfileResourceAssociations?: readonly Partial<ProfileResourceAssociation>[]
  }
>({}, () => [], 'ListProfileResourceAssociations', ListProfileResourceAssociations$)
