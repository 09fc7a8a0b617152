import type {Call, Input} from '../../remedies/core/remedy.ts'

/** Words of the language itself, as they are. */
interface Expression {
  readonly expression: string
}
/** A nested block, where the language distinguishes one from a map. */
interface Nested {
  readonly nested: Members
}
/** JSON in a string, which infrastructure code writes as a structure. */
interface Document {
  readonly document: string
}

export type Value = Input | Expression | Nested | Document | readonly Value[] | {readonly [key: string]: Value}
export type Members = {readonly [argument: string]: Value}

/** A thing that the change makes. */
export interface Resource {
  readonly kind: 'resource'
  readonly type: string
  readonly name: string
  readonly arguments: Members
  /** The id by which one that exists is taken over. */
  readonly imports?: string
}

/** A thing that exists: some of its settings change, or it goes. */
export interface Existing {
  readonly kind: 'changed' | 'gone'
  readonly type: string
  readonly id: string
  readonly arguments: Members
}

export type Piece = Resource | Existing

export const resource = (type: string, name: string, args: Members, imports?: string): Resource => ({
  kind: 'resource',
  type,
  name: slug(name),
  arguments: args,
  ...(imports !== undefined && {imports}),
})

export const changed = (type: string, id: string, args: Members): Existing => ({
  kind: 'changed',
  type,
  id,
  arguments: args,
})

export const gone = (type: string, id: string): Existing => ({kind: 'gone', type, id, arguments: {}})

/** Letters, digits and underscores, not beginning with a digit. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d|$)/, 'n')

export const textIn = (input: {readonly [key: string]: Input}, key: string): string => {
  const value = input[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export const structureIn = (input: {readonly [key: string]: Input}, key: string): {readonly [key: string]: Input} => {
  const value = input[key]
  return isStructure(value) ? value : {}
}

export const listIn = (input: {readonly [key: string]: Input}, key: string): readonly Input[] => {
  const value = input[key]
  return isList(value) ? value : []
}

export const isStructure = (value: Input | undefined): value is {readonly [key: string]: Input} =>
  typeof value === 'object' && !isList(value) && !('answer' in value)
const isList = (value: Input | undefined): value is readonly Input[] => Array.isArray(value)

/** Without the members that are undefined. */
export const given = (members: {readonly [key: string]: Value | undefined}): Members =>
  Object.fromEntries(Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))

/** One rule of a security group for each of its peers. */
export function peersOf(input: {readonly [key: string]: Input}): readonly Peer[] {
  return listIn(input, 'IpPermissions')
    .filter(isStructure)
    .flatMap(({IpProtocol = '-1', FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds}) =>
      Object.entries({IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds}).flatMap(([list, items]) =>
        (isList(items) ? items : []).filter(isStructure).flatMap((item) => {
          const [kind, peer] = Object.entries(item)[0] ?? []
          return kind !== undefined && peer !== undefined && list
            ? [{kind, peer, protocol: IpProtocol, from: FromPort, to: ToPort}]
            : []
        }),
      ),
    )
}

interface Peer {
  /** `CidrIp`, `CidrIpv6`, `GroupId` or `PrefixListId`. */
  readonly kind: string
  readonly peer: Input
  readonly protocol: Input
  readonly from: Input | undefined
  readonly to: Input | undefined
}

/** The instance whose association is asked for, where a call names it only by the answer. */
export function instanceAskedFor(calls: readonly Call[]): string {
  const asked = calls.find(({operation}) => operation === 'DescribeIamInstanceProfileAssociations')
  const [filter] = listIn(asked?.input ?? {}, 'Filters').filter(isStructure)
  const [id] = listIn(filter ?? {}, 'Values')
  return typeof id === 'string' ? id : ''
}
