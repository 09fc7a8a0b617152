import {describe, expect, it} from 'vitest'
import {collect} from '../../src/collect/collect.ts'
import {collectRegion} from '../../src/collect/whole-region.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {type Account, isNotAsked, isUnreadable} from '../../src/model/account.ts'
import {clientsOf} from '../support/clients-of.ts'
import {refuse} from '../support/fake-aws.ts'
import {aNode, anInstance, healthy, WEB} from '../support/healthy.ts'
import {aMachine, aServiceRole, hybrid, lost, MACHINE} from '../support/hybrid.ts'
import {type Serving, serve} from '../support/serve.ts'

const both: Account = {
  ...healthy,
  InstanceInformationList: [aNode(), aMachine()],
  ConnectionStatuses: [...(healthy.ConnectionStatuses as []), ...(hybrid.ConnectionStatuses as [])],
  Roles: [...(healthy.Roles as []), aServiceRole()],
  ActivationList: hybrid.ActivationList,
  ServiceSettings: [...(healthy.ServiceSettings as []), ...(hybrid.ServiceSettings as [])],
  SessionPreferences: [],
}

async function collected(ids: readonly string[], account = both, serving: Serving = {}) {
  const fake = serve(account, serving)
  const found = await collect(await clientsOf(fake), ids)
  return {found: {...found, ReadAt: account.ReadAt}, calls: fake.calls.map(({operation}) => operation)}
}

describe('collecting a hybrid node', () => {
  it('reads its registration, activation, role, connection and tier, and the report is the same as from a file', async () => {
    const {found} = await collected([MACHINE])
    expect(found).toMatchObject({
      InstanceInformationList: [{InstanceId: MACHINE}],
      ActivationList: hybrid.ActivationList,
      Roles: [{RoleName: 'factory'}],
      ConnectionStatuses: [{Target: MACHINE}],
    })
    expect(examine(found, MACHINE)).toEqual(examine({...hybrid, Instances: []}, MACHINE))
  })

  it('reads nothing about a network', async () => {
    const {calls, found} = await collected([MACHINE])
    expect(calls.filter((operation) => /Vpc|Subnet|Route|Console|Image/.test(operation))).toEqual([])
    expect(isNotAsked(found.Subnets)).toBe(true)
  })

  it('finds the instance on the same host', async () => {
    const node = aMachine({SourceType: 'AWS::EC2::Instance', SourceId: WEB})
    const {found} = await collected([MACHINE], {...both, InstanceInformationList: [node]})
    expect(examine(found, MACHINE).causes).toMatchObject([{id: 'registration.hybrid-shadow', certainty: 'proven'}])
  })

  it('finds the instance with its address and its name', async () => {
    const host = anInstance({PrivateDnsName: 'ip-10-0-1-10.eu-west-1.compute.internal'})
    const node = aMachine({IPAddress: host.PrivateIpAddress, ComputerName: host.PrivateDnsName})
    const {found} = await collected([MACHINE], {...both, Instances: [host], InstanceInformationList: [node]})
    expect(examine(found, MACHINE).causes).toMatchObject([{id: 'registration.hybrid-shadow', certainty: 'likely'}])
  })

  it('reads which associations fail only if one does', async () => {
    const callsFor = async (AssociationStatus: string) =>
      (await collected([MACHINE], {...both, InstanceInformationList: [aMachine({AssociationStatus})]})).calls
    expect(await callsFor('Success')).not.toContain('DescribeInstanceAssociationsStatus')
    expect(await callsFor('Failed')).toContain('DescribeInstanceAssociationsStatus')
  })

  it.each([
    ['DescribeActivations', 'managed'],
    ['GetServiceSetting', 'managed'],
    ['DescribeInstances', 'managed'],
    ['GetRole', 'managed'],
    ['DescribeInstanceInformation', 'undecided'],
  ])('and a denied %s leave it %s', async (operation, verdict) => {
    const unless: Serving['unless'] = (call) =>
      call.operation === operation ? refuse('AccessDeniedException') : undefined
    const {found} = await collected([MACHINE], both, {unless})
    expect(examine(found, MACHINE).verdict).toBe(verdict)
  })

  it('that is offline does not prove that its role is missing if activations and roles are denied', async () => {
    const unless: Serving['unless'] = ({operation}) =>
      /^(Get|List).*Role|DescribeActivations/.test(operation) ? refuse('AccessDenied') : undefined
    const {found} = await collected([MACHINE], {...both, ...lost}, {unless})
    expect(examine(found, MACHINE).causes.map(({id}) => id)).not.toContain('hybrid.role-missing')
  })

  it('that is offline proves that its role is missing if IAM returns NoSuchEntity', async () => {
    const {found} = await collected([MACHINE], {...both, ...lost, Roles: healthy.Roles})
    expect(examine(found, MACHINE).causes[0]).toMatchObject({id: 'hybrid.role-missing', certainty: 'proven'})
  })
})

describe('collecting an instance and a hybrid node together', () => {
  it('returns the report of each', async () => {
    const {found} = await collected([WEB, MACHINE])
    const alone = await collected([WEB])
    expect(examine(found, WEB)).toEqual(examine(alone.found, WEB))
    expect(examine(found, MACHINE).verdict).toBe('managed')
  })

  it('and a denied tier do not affect the instance', async () => {
    const unless: Serving['unless'] = ({operation, input}) =>
      operation === 'GetServiceSetting' && String(input.SettingId).includes('tier') ? refuse('AccessDenied') : undefined
    const {found} = await collected([WEB, MACHINE], both, {unless})
    expect(isUnreadable(found.ServiceSettings)).toBe(false)
  })
})

describe('a whole Region', () => {
  const regionOf = async (account: Account, isHybrid: boolean) => {
    const fake = serve(account)
    const found = await collectRegion(await clientsOf(fake), {hybrid: isHybrid})
    return {found, calls: fake.calls.map(({operation}) => operation)}
  }

  it('has its activations read only if hybrid nodes are requested, and there are some', async () => {
    expect((await regionOf(both, true)).found.ActivationList).toEqual(hybrid.ActivationList)
    expect((await regionOf(both, false)).calls).not.toContain('DescribeActivations')
    const none = {...both, InstanceInformationList: [aNode()], Instances: [anInstance()]}
    expect((await regionOf(none, true)).calls).not.toContain('DescribeActivations')
  })
})
