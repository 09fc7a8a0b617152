import {defined} from '../../util/json.ts'
import {isKnown, listOf, objectOf, type Properties, UNKNOWN} from '../resource.ts'
import {TEXT} from './hidden-ids.ts'
import {typesOf} from './id-types.ts'
import {type Ids, idOf, instancesOf, isWithin, keyed, type PlanContext} from './identified.ts'
import {type Found, type Source, sourceOf} from './references.ts'
import {isUnknown, type ResourceChange} from './resource-change.ts'

export const POLICY_DOCUMENT = 'aws_iam_policy_document'

/** Arguments by which a document is made of others. */
const MERGED = ['source_policy_documents', 'override_policy_documents', 'source_json', 'override_json']

/**
 * The document of a data source that is read during apply. The plan has its arguments: those that are known only then
 * are unknown in it.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function policyDocument({change: {after, after_unknown}}: ResourceChange): unknown {
  const whole: Block = [objectOf(after), objectOf(after_unknown)]
  if (MERGED.some((name) => filled(whole, name) !== undefined)) return UNKNOWN
  return {
    Version: valueIn(whole, 'version') ?? '2012-10-17',
    Statement: blocksIn(whole, 'statement')?.map(statementOf) ?? UNKNOWN,
  }
}

type Block = readonly [values: Properties, unknown: Properties]

const valueIn = ([values, unknown]: Block, name: string): unknown =>
  isUnknown(unknown[name]) ? UNKNOWN : withVariables(values[name])

/** Terraform writes a policy variable as `&{aws:username}`: the dollar sign is that of its own templates. */
function withVariables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withVariables)
  return typeof value === 'string' ? value.replaceAll('&{', '${') : value
}

/** An empty list is left out. */
const filled = (block: Block, name: string): unknown => {
  const value = valueIn(block, name)
  return isKnown(value) && listOf(value).length === 0 ? undefined : value
}

/** Undefined if it is known only after apply how many there are. */
const blocksIn = ([values, unknown]: Block, name: string): readonly Block[] | undefined =>
  unknown[name] === true
    ? undefined
    : listOf(values[name]).map((one, at) => [objectOf(one), objectOf(listOf(unknown[name])[at])])

const statementOf = (block: Block): Properties =>
  defined({
    Effect: valueIn(block, 'effect') ?? 'Allow',
    Action: filled(block, 'actions'),
    NotAction: filled(block, 'not_actions'),
    Resource: filled(block, 'resources'),
    NotResource: filled(block, 'not_resources'),
    Principal: principalIn(block, 'principals'),
    NotPrincipal: principalIn(block, 'not_principals'),
    Condition: conditionIn(block),
  })

function principalIn(block: Block, name: string): unknown {
  const blocks = blocksIn(block, name)
  return blocks?.some((one) => valueIn(one, 'type') === '*')
    ? '*'
    : combined(blocks, 'type', (all) => listsIn(all, 'identifiers'))
}

const conditionIn = (block: Block): unknown =>
  combined(blocksIn(block, 'condition'), 'test', (all) => combined(all, 'variable', (same) => listsIn(same, 'values')))

/** Blocks by their key; those with the same one add up. */
function combined(
  blocks: readonly Block[] | undefined,
  key: string,
  make: (blocks: readonly Block[]) => unknown,
): unknown {
  const keys = blocks?.map((one) => valueIn(one, key))
  if (!blocks || !keys?.every(isKnown)) return UNKNOWN
  if (blocks.length === 0) return undefined
  return Object.fromEntries(keys.map((name) => [String(name), make(blocks.filter((_, at) => keys[at] === name))]))
}

const listsIn = (blocks: readonly Block[], name: string): unknown => {
  const lists = blocks.map((one) => valueIn(one, name))
  return lists.every(isKnown) ? lists.flatMap(listOf) : UNKNOWN
}

/**
 * A document that is one of the plan's as a whole; one that only refers to resources is not known. Undefined where the
 * source leaves it out: it is of the items that are passed to its module, which have neither a document nor what one
 * would name. The module itself can write one that names the VPC.
 */
export function documentIn(
  found: Found,
  index: string | number | undefined,
  {ids, open}: PlanContext,
  isOfItems: boolean,
): unknown {
  const {resources, hidden, isKeyed, data} = found
  if (resources.length + data.length === 0 && hidden.length > 0) {
    if (!isOfItems) return UNKNOWN
    const isOther = (argument: string) => TEXT.test(argument) || typesOf(argument) !== undefined
    const passing = {isOpen: (address: string) => open.has(address), isOther}
    return hidden.every((one) => isWithoutDocument(sourceOf(one, passing), ids)) ? undefined : UNKNOWN
  }
  const [source, ...others] = [...resources, ...data.map((address) => ({address, attribute: 'json', key: undefined}))]
  if (!source || others.length + hidden.length > 0 || !/policy$|json$/.test(source.attribute)) return UNKNOWN
  const [document, ...more] = keyed(instancesOf(source.address, ids), source.key ?? (isKeyed ? index : undefined))
  return document && more.length === 0 ? idOf(document, source.attribute) : UNKNOWN
}

const isWithoutDocument = ({module, passed}: Source, ids: Ids): boolean =>
  module !== '' &&
  passed.data.length === 0 &&
  passed.resources.every(({address}) => instancesOf(address, ids).every(({type}) => NETWORK_PART.test(type))) &&
  [...ids].every(([address, {type}]) => !isWithin(address, module) || NETWORK_PART.test(type))

const NETWORK_PART =
  /^aws_(?:default_)?(?:subnet|route|(?:vpc_)?security_group|vpc_endpoint|network_acl|eip|nat_gateway)/
