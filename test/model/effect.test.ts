import {describe, expect, it} from 'vitest'
import {add, append, edit, editAll, editList, inOrder, put, remove, removeWhere, set} from '../../src/model/effect.ts'
import {aRole, healthy, ROLE} from '../support/healthy.ts'

const unreadable = 'UnauthorizedOperation'
const group = {
  GroupId: 'sg-1',
  IpPermissions: [],
  IpPermissionsEgress: [],
}
const SecurityGroups = [group, {...group, GroupId: 'sg-2'}]
const account = {...healthy, SecurityGroups}
const rule = {IpProtocol: '-1'}

describe('an effect on the model', () => {
  it('changes fields of the item with this id, and nothing else', () => {
    expect(set('SecurityGroups', 'sg-2', {GroupName: 'web'})(account)).toEqual({
      ...account,
      SecurityGroups: [group, {...group, GroupId: 'sg-2', GroupName: 'web'}],
    })
  })

  it('changes nothing if there is no item with this id', () => {
    expect(set('SecurityGroups', 'sg-3', {GroupName: 'web'})(account)).toEqual(account)
  })

  it('changes nothing in an item that could not be read', () => {
    const unread = {...healthy, Roles: [{Arn: ROLE, unreadable}]}
    expect(edit('Roles', ROLE, (role) => ({...role, RoleName: 'other'}))(unread)).toEqual(unread)
    expect(edit('Roles', ROLE, (role) => ({...role, RoleName: 'other'}))({...healthy, Roles: [aRole()]}).Roles).toEqual(
      [{...aRole(), RoleName: 'other'}],
    )
  })

  it('adds to a list of an item, and to one that it does not have yet', () => {
    expect(append('SecurityGroups', 'sg-1', 'IpPermissions', rule)(account).SecurityGroups).toMatchObject([
      {IpPermissions: [rule]},
      {IpPermissions: []},
    ])
    const zone = {Id: '/hostedzone/Z1', Name: 'example.com.', ResourceRecordSets: []}
    const effect = append('HostedZones', zone.Id, 'VPCs', {VPCId: 'vpc-1'})
    expect(effect({...healthy, HostedZones: [zone]}).HostedZones).toEqual([{...zone, VPCs: [{VPCId: 'vpc-1'}]}])
  })

  it('does not change a list that could not be read', () => {
    const unread = {...healthy, NetworkAcls: [{NetworkAclId: 'acl-1', Associations: [], Entries: {unreadable}}]}
    expect(editList('NetworkAcls', 'acl-1', 'Entries', () => [])(unread)).toEqual(unread)
  })

  it('puts an item in the place of the one with the same id', () => {
    const other = {...group, GroupName: 'other'}
    expect(put('SecurityGroups', other)(account).SecurityGroups).toEqual([other, SecurityGroups[1]])
    expect(put('SecurityGroups', {...other, GroupId: 'sg-3'})(account).SecurityGroups).toHaveLength(3)
  })

  it('adds an item beside those with the same id, removes items, and changes all of them', () => {
    expect(add('SecurityGroups', group)(account).SecurityGroups).toEqual([...SecurityGroups, group])
    expect(remove('SecurityGroups', 'other', 'GroupName')(account).SecurityGroups).toEqual(SecurityGroups)
    expect(removeWhere('SecurityGroups', ({GroupId}) => GroupId === 'sg-1')(account).SecurityGroups).toEqual([
      SecurityGroups[1],
    ])
    expect(remove('SecurityGroups', 'sg-2')(account).SecurityGroups).toEqual([group])
    expect(editAll('SecurityGroups', (one) => ({...one, VpcId: 'vpc-1'}))(account).SecurityGroups).toMatchObject([
      {VpcId: 'vpc-1'},
      {VpcId: 'vpc-1'},
    ])
  })

  it('follows the one before it', () => {
    const both = inOrder(
      put('SecurityGroups', {...group, GroupId: 'sg-3'}),
      set('SecurityGroups', 'sg-3', {GroupName: 'new'}),
    )
    expect(both(account).SecurityGroups).toMatchObject([{}, {}, {GroupId: 'sg-3', GroupName: 'new'}])
  })
})
