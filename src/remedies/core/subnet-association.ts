import type {NetworkAcl, RouteTable} from '../../model/account.ts'
import {type Effect, editAll} from '../../model/effect.ts'

type Association = (RouteTable | NetworkAcl)['Associations'][number]

/**
 * A subnet has at most one association with a route table, and one with a network ACL. Without one, the main route table
 * of the VPC applies.
 */
export const associateSubnet = (
  kind: 'RouteTables' | 'NetworkAcls',
  subnetId: string,
  association?: Association,
): Effect =>
  editAll<typeof kind>(kind, (item) => {
    const key = kind === 'RouteTables' ? 'RouteTableId' : 'NetworkAclId'
    const others = item.Associations.filter(({SubnetId}) => SubnetId !== subnetId)
    const isOwn = association !== undefined && Reflect.get(association, key) === Reflect.get(item, key)
    if (!isOwn && others.length === item.Associations.length) return item
    return Object.assign({}, item, {Associations: isOwn ? [...others, association] : others})
  })
