import {describe, expect, it} from 'vitest'
import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {planFor} from '../../src/diagnosis/plan.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {find, primaryInterfaceOf} from '../../src/model/joins.ts'
import type {Call, Remedy, Step} from '../../src/remedies/core/remedy.ts'
import {ACCOUNTS} from '../resilience/accounts.ts'
import {breakages} from '../support/network-breakages.ts'
import {accounts} from '../support/remedies-of.ts'

const all: readonly (readonly [string, Account])[] = [
  ...breakages.map(({name, account}) => [name, account] as const),
  ...accounts.map(({name, account}) => [name, account] as const),
  ...Object.entries(ACCOUNTS),
]

const isCall = (step: Step): step is Call => 'operation' in step
const callsOf = ({steps}: Remedy): readonly Call[] => steps.filter(isCall)

/** Every step of the plan with its alternatives, each in its own order. */
function plansOf(account: Account) {
  const instance = itemsOf(account.Instances)[0]!
  const plan = planFor(account, instance, diagnose(account, instance))
  const remedies = plan.steps.flatMap(({remedy, alternatives}) => [remedy, ...alternatives.map((one) => one.remedy)])
  return {instance, plan, remedies}
}

/** An instance of the account that has nothing wrong stays so: a plan for one has no call that takes things away. */
const TAKES_AWAY = /^(?:Delete|Disassociate|Deregister|Detach|Terminate|Release|Revoke)/

describe.each(all)('a plan for %s', (_, account) => {
  const {instance, plan, remedies} = plansOf(account)

  it('deletes nothing that is pending, and nothing that waiting mends', () => {
    const pending = itemsOf(account.VpcEndpoints).filter(({State}) => /^pending$/i.test(State))
    for (const call of remedies.flatMap(callsOf).filter(({operation}) => operation.startsWith('Delete')))
      for (const {VpcEndpointId} of pending) expect(JSON.stringify(call.input)).not.toContain(VpcEndpointId)
  })

  it('enables private DNS only for a name that no zone of the VPC owns', () => {
    for (const remedy of remedies) {
      const created = callsOf(remedy).filter(
        ({operation, input}) => operation === 'CreateVpcEndpoint' && input.PrivateDnsEnabled === true,
      )
      const released = callsOf(remedy).filter(({operation}) => operation === 'DisassociateVPCFromHostedZone').length > 0
      const owned = (service: string, vpcId: unknown) =>
        itemsOf(account.HostedZones).some(
          ({Name, VPCs = []}) =>
            Name.replace(/\.$/, '') === `${service}.${account.Region}.amazonaws.com` &&
            VPCs.some(({VPCId}) => VPCId === vpcId),
        )
      for (const {input} of created) {
        const service = String(input.ServiceName).split('.').at(-1) ?? ''
        if (owned(service, input.VpcId)) expect(released, remedy.title).toBe(true)
      }
    }
  })

  it('waits before it uses what it made', () => {
    for (const {steps, title} of remedies) {
      const places = steps.map((step) => (isCall(step) ? step.operation : step.line))
      const nat = places.indexOf('CreateNatGateway')
      const used = places.findIndex((place, at) => at > nat && /^(?:CreateRoute|ReplaceRoute)$/.test(place))
      if (nat !== -1 && used !== -1)
        expect(places.slice(nat, used).join(), title).toContain('wait nat-gateway-available')
      const endpoint = places.indexOf('CreateVpcEndpoint')
      const described = places.findIndex((place, at) => at > endpoint && place === 'DescribeVpcEndpoints')
      if (endpoint !== -1 && described !== -1)
        expect(places.slice(endpoint, described).join(), title).toContain('until [')
    }
  })

  it('removes no registration for an address in common', () => {
    const own = [instance.InstanceId]
    for (const {input} of remedies
      .flatMap(callsOf)
      .filter(({operation}) => operation === 'DeregisterManagedInstance')) {
      const node = find(account.InstanceInformationList, 'InstanceId', input.InstanceId)
      expect(node === undefined || own.includes(node.SourceId ?? '')).toBe(true)
    }
  })

  it('asks no node that is away for a Run Command, and modifies nothing that a service operates', () => {
    const online = find(account.InstanceInformationList, 'InstanceId', instance.InstanceId)?.PingStatus === 'Online'
    const operations = remedies.flatMap(callsOf).map(({operation}) => operation)
    if (!online) expect(operations).not.toContain('SendCommand')
    if (instance.Operator?.Managed)
      for (const call of remedies.flatMap(callsOf).filter(({operation}) => !operation.startsWith('Describe')))
        expect(JSON.stringify(call.input)).not.toContain(instance.InstanceId)
  })

  it('opens no group and no network ACL to everybody inbound, but for replies', () => {
    for (const {operation, input} of remedies.flatMap(callsOf)) {
      if (operation === 'AuthorizeSecurityGroupIngress')
        expect(JSON.stringify(input)).not.toMatch(/"(?:0\.0\.0\.0|::)\/0"/)
      if (operation !== 'CreateNetworkAclEntry' || input.Egress !== false || input.CidrBlock !== '0.0.0.0/0') continue
      const {From} = input.PortRange as {readonly From: number}
      expect(From).toBeGreaterThanOrEqual(1024)
    }
  })

  it('keeps routes of others: a route is deleted or replaced only in tables of the path', () => {
    const subnetIds = new Set([
      primaryInterfaceOf(instance)?.SubnetId,
      ...itemsOf(account.NatGateways).map(({SubnetId}) => SubnetId),
      ...itemsOf(account.VpcEndpoints).flatMap(({SubnetIds}) => SubnetIds),
      ...itemsOf(account.TransitGatewayVpcAttachments).flatMap(({SubnetIds}) => SubnetIds),
      ...itemsOf(account.Instances).map(({SubnetId}) => SubnetId),
    ])
    for (const {operation, input} of remedies.flatMap(callsOf)) {
      if (!/^(?:Delete|Replace)Route$/.test(operation)) continue
      const table = find(account.RouteTables, 'RouteTableId', input.RouteTableId)
      const isOnPath = table?.Associations.some(
        ({Main, SubnetId, GatewayId}) => Main || GatewayId !== undefined || subnetIds.has(SubnetId),
      )
      expect(table === undefined || isOnPath || table.Associations.length === 0).toBe(true)
    }
  })

  it('takes nothing away from a node that is healthy', () => {
    const isHealthy = plan.steps.every(({part}) => part === 'improve')
    if (isHealthy) for (const {operation} of remedies.flatMap(callsOf)) expect(operation).not.toMatch(TAKES_AWAY)
  })
})
