import type {Defaults} from '../defaults.ts'
import {defaultGroupId} from '../overlay/vpc.ts'
import {textOf} from '../resource.ts'
import type {Ids} from './identified.ts'
import type {Reader} from './reader.ts'
import type {ResourceChange} from './resource-change.ts'

/** In this order, a later one can refer to an earlier one. */
const ADOPTED: Readonly<
  Record<string, (reader: Reader, ids: Ids, defaults: Defaults | undefined) => string | undefined>
> = {
  aws_default_vpc: (_, __, defaults) => defaults?.vpc,
  aws_default_subnet: (reader, _, defaults) => defaults?.subnetIn(textOf(reader.get('availability_zone'))),
  aws_default_security_group: (reader, ids, defaults) => {
    const vpcId = textOf(reader.get('vpc_id')) ?? defaults?.vpc
    const planned = [...ids].find(([, one]) => one.id === vpcId && one.isNew && one.type === 'aws_vpc')
    return planned ? defaultGroupId(planned[0]) : vpcId && defaults?.ofVpc(vpcId).group
  },
  aws_default_network_acl: (reader) => textOf(reader.get('default_network_acl_id')),
  aws_default_route_table: (reader) => textOf(reader.get('default_route_table_id')),
}

const TYPES = Object.keys(ADOPTED)

/** The changes by which Terraform takes over what AWS created, in an order in which each can be resolved. */
export const adoptionsIn = (changes: readonly ResourceChange[]): readonly ResourceChange[] =>
  changes
    .filter(({type, change: {actions}}) => Object.hasOwn(ADOPTED, type) && actions.includes('create'))
    .toSorted((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type))

/**
 * The id of what a change takes over: it exists, although the plan shows its id only after apply.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group
 */
export const adoptedId = (
  {type}: ResourceChange,
  reader: Reader,
  ids: Ids,
  defaults: Defaults | undefined,
): string | undefined => ADOPTED[type]?.(reader, ids, defaults)
