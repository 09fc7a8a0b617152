import {diagnose} from '../../src/diagnosis/diagnose.ts'
import {findingsOf} from '../../src/diagnosis/diagnosis.ts'
import {type Account, type Instance, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {primaryInterfaceOf} from '../../src/model/instance.ts'
import {find} from '../../src/model/lists.ts'
import {commandLine} from '../../src/remedies/core/command-line.ts'
import {NO_COST} from '../../src/remedies/core/prices.ts'
import type {Call, Remedy, Step} from '../../src/remedies/core/remedy.ts'
import {checklistWithModel} from '../support/checklist-with-model.ts'

/** A checklist with everything that it offers: each step and its alternatives. */
export interface Offer {
  readonly account: Account
  readonly instance: Instance
  readonly checklist: ReturnType<typeof checklistWithModel>
  readonly remedies: readonly Remedy[]
}

export function offerFor(account: Account): Offer {
  const instance = itemsOf(account.Instances)[0]!
  const checklist = checklistWithModel(account, instance, diagnose(account, instance))
  const remedies = checklist.steps.flatMap(({remedy, alternatives}) => [
    remedy,
    ...alternatives.map((one) => one.remedy),
  ])
  return {account, instance, checklist, remedies}
}

const isCall = (step: Step): step is Call => 'operation' in step
const placeOf = (step: Step): string => (isCall(step) ? step.operation : commandLine(step, 'sh', {region: 'us-east-1'}))
const callsOf = ({steps}: Remedy): readonly Call[] => steps.filter(isCall)
const called = ({remedies}: Offer, pattern: RegExp): readonly Call[] =>
  remedies.flatMap(callsOf).filter(({operation}) => pattern.test(operation))
const said = (value: unknown): string => JSON.stringify(value)

const TAKES_AWAY = /^(?:Delete|Disassociate|Deregister|Detach|Terminate|Release|Revoke)/
const LOOKS = /^(?:Describe|Get|List|Search|Generate)/

/** What each first word of a title comes to as calls; the last one is what a person does. */
const DOES: Readonly<Record<string, RegExp>> = {
  Accept: /^Accept/,
  Add: /^(?:Add|Modify|Update)/,
  Allow: /^(?:Authorize|CreateNetworkAclEntry|CreateFirewallRule|PutRolePolicy|CreatePolicyVersion|Modify|Update)/,
  Associate: /^(?:Associate|ReplaceIamInstanceProfileAssociation)/,
  Attach: /^Attach/,
  Create: /^Create/,
  Detach: /^Detach/,
  Disable: /^Modify/,
  Disassociate: /^Disassociate/,
  Enable: /^(?:Modify|Update|Register|Enable)/,
  Exclude: /^CreateVpcBlockPublicAccessExclusion$/,
  Make: /^Modify/,
  Point: /^ChangeResourceRecordSets$/,
  Reboot: /^Reboot/,
  Recreate: /^CreateVpcEndpoint$/,
  Remove: /^(?:Delete|PutRolePolicy|CreatePolicyVersion|Modify|Disassociate)/,
  Replace: /^(?:Attach|Replace|Create|Modify)/,
  Reset: /^(?:Modify|Reset)/,
  Route: /^(?:CreateRoute|ReplaceRoute|CreateTransitGatewayRoute|ReplaceTransitGatewayRoute|Modify|CreateVpcEndpoint)$/,
  Start: /^StartInstances$/,
  Stop: /^StopInstances$/,
  Update: /^(?:SendCommand|Update)/,
}

/** Blocks and ports that a title names; a step that changes something else does not do what it says. */
const NAMED = /\b(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}|\b(?:TCP|UDP) (\d+)\b/g

function isSaid({title, steps}: Remedy): boolean {
  const does = DOES[title.split(' ')[0]!]
  const calls = steps.filter(isCall)
  if (!does || calls.length === 0) return true
  const inputs = said(calls.map(({input}) => input))
  return (
    calls.some(({operation}) => does.test(operation)) &&
    [...title.matchAll(NAMED)].every(([all, port]) => inputs.includes(port ?? all))
  )
}

const SHARED =
  /^(?:Authorize|CreateNetworkAclEntry|(?:Create|Replace|Delete)Route$|ModifyVpcAttribute|ModifySubnetAttribute|PutRolePolicy|AttachRolePolicy|CreatePolicyVersion|UpdateAssumeRolePolicy|UpdateServiceSetting|CreateFirewallRule|ModifyVpcBlockPublicAccess|DisassociateVPCFromHostedZone)/
const MAKES = /^Create(?:SecurityGroup|Role|RouteTable)$/

/** Free before paid, and nothing weakened where another change would do. */
const rank = ({cost, weakens}: Remedy): number => (weakens ? 2 : 0) + (cost === undefined || cost === NO_COST ? 0 : 1)

/** What no checklist may do, each with the steps that do it. A sentence says what holds. */
export const RULES: Readonly<Record<string, (offer: Offer) => readonly string[]>> = {
  'deletes nothing that is pending': (offer) =>
    itemsOf(offer.account.VpcEndpoints)
      .filter(({State}) => /^pending$/i.test(State))
      .flatMap(({VpcEndpointId}) =>
        called(offer, /^Delete/)
          .map(said)
          .filter((call) => call.includes(VpcEndpointId)),
      ),

  'enables private DNS only for a name that no zone of the VPC owns': ({account, remedies}) =>
    remedies
      .filter((remedy) => !callsOf(remedy).some(({operation}) => operation === 'DisassociateVPCFromHostedZone'))
      .flatMap(callsOf)
      .filter(({operation, input}) => operation === 'CreateVpcEndpoint' && input.PrivateDnsEnabled === true)
      .filter(({input}) =>
        itemsOf(account.HostedZones).some(
          ({Name, VPCs = []}) =>
            Name.replace(/\.$/, '') ===
              `${String(input.ServiceName).split('.').at(-1)}.${account.Region}.amazonaws.com` &&
            VPCs.some(({VPCId}) => VPCId === input.VpcId),
        ),
      )
      .map(said),

  'waits before it uses what it made': ({remedies}) => {
    const places = ({steps}: Remedy) => steps.map(placeOf)
    const isHasty = (made: string, used: RegExp, wait: string) => (remedy: Remedy) => {
      const from = places(remedy).indexOf(made)
      const to = places(remedy).findIndex((place, at) => at > from && used.test(place))
      return from !== -1 && to !== -1 && !places(remedy).slice(from, to).join().includes(wait)
    }
    return remedies
      .filter(
        (remedy) =>
          isHasty('CreateNatGateway', /^(?:CreateRoute|ReplaceRoute)$/, 'wait nat-gateway-available')(remedy) ||
          isHasty('CreateVpcEndpoint', /^DescribeVpcEndpoints$/, 'until [')(remedy) ||
          isHasty('DeleteVpcEndpoints', /^CreateVpcEndpoint$/, 'until [')(remedy) ||
          isHasty('CreateInstanceProfile', /IamInstanceProfile/, 'wait instance-profile-exists')(remedy),
      )
      .map(({title}) => title)
  },

  'waits in an undo until what it deletes no longer exists': ({remedies}) =>
    remedies
      .filter(({undo = []}) => {
        const places = undo.map(placeOf)
        const from = places.indexOf('DeleteVpcEndpoints')
        const to = places.indexOf('DeleteSecurityGroup')
        return from !== -1 && to > from && !places.slice(from, to).join().includes('until [')
      })
      .map(({title}) => title),

  'gives nothing new a name that is taken': ({account, remedies}) =>
    remedies.flatMap(callsOf).flatMap(({operation, input}) => {
      const taken =
        operation === 'CreateRole'
          ? itemsOf(account.Roles).some((role) => !isUnreadable(role) && role.RoleName === input.RoleName)
          : operation === 'CreateInstanceProfile' &&
            itemsOf(account.InstanceProfiles).some(
              (one) => !isUnreadable(one) && one.InstanceProfileName === input.InstanceProfileName,
            )
      return taken ? [said(input)] : []
    }),

  'takes no role away from a workload that has one': ({account, instance, remedies}) => {
    const held = find(account.InstanceProfiles, 'Arn', instance.IamInstanceProfile?.Arn)
    const isUsed = held !== undefined && !isUnreadable(held) && held.Roles.length > 0
    const isCurrent = isUsed && held.InstanceProfileId === instance.IamInstanceProfile?.Id
    return isCurrent
      ? remedies
          .filter((remedy) =>
            callsOf(remedy).some(({operation}) => operation === 'ReplaceIamInstanceProfileAssociation'),
          )
          .map(({title}) => title)
      : []
  },

  'removes no registration for an address in common': (offer) =>
    called(offer, /^DeregisterManagedInstance$/).flatMap(({input}) => {
      const node = find(offer.account.InstanceInformationList, 'InstanceId', input.InstanceId)
      return node === undefined || node.SourceId === offer.instance.InstanceId ? [] : [said(input)]
    }),

  'asks no node that is away for a Run Command, and modifies nothing that a service operates': (offer) => {
    const {account, instance} = offer
    const isOnline = find(account.InstanceInformationList, 'InstanceId', instance.InstanceId)?.PingStatus === 'Online'
    const commands = isOnline ? [] : called(offer, /^SendCommand$/).map(said)
    const changes = instance.Operator?.Managed
      ? called(offer, /^(?!Describe)/)
          .map(({input}) => said(input))
          .filter((input) => input.includes(instance.InstanceId))
      : []
    return [...commands, ...changes]
  },

  'opens no group and no network ACL to everybody inbound, but for replies': (offer) => [
    ...called(offer, /^AuthorizeSecurityGroupIngress$/)
      .map(({input}) => said(input))
      .filter((input) => /"(?:0\.0\.0\.0|::)\/0"/.test(input)),
    ...called(offer, /^CreateNetworkAclEntry$/)
      .filter(({input}) => input.Egress === false && input.CidrBlock === '0.0.0.0/0')
      .filter(({input}) => (input.PortRange as {readonly From: number}).From < 1024)
      .map(said),
  ],

  'deletes and replaces routes only in tables of the path': (offer) => {
    const {account, instance} = offer
    const subnetIds = new Set([
      primaryInterfaceOf(instance)?.SubnetId,
      ...itemsOf(account.NatGateways).map(({SubnetId}) => SubnetId),
      ...itemsOf(account.VpcEndpoints).flatMap(({SubnetIds}) => SubnetIds),
      ...itemsOf(account.TransitGatewayVpcAttachments).flatMap(({SubnetIds}) => SubnetIds),
      ...itemsOf(account.Instances).map(({SubnetId}) => SubnetId),
    ])
    return called(offer, /^(?:Delete|Replace)Route$/).flatMap((call) => {
      const table = find(account.RouteTables, 'RouteTableId', call.input.RouteTableId)
      const isOnPath = table?.Associations.some(
        ({Main, SubnetId, GatewayId}) => Main || GatewayId !== undefined || subnetIds.has(SubnetId),
      )
      return table === undefined || isOnPath || table.Associations.length === 0 ? [] : [said(call)]
    })
  },

  'takes nothing away from a node that is healthy': (offer) =>
    offer.checklist.steps.every(({part}) => part === 'improve')
      ? offer.remedies
          // One policy for another: see below.
          .filter((remedy) => callsOf(remedy)[0]?.operation !== 'AttachRolePolicy')
          .flatMap(callsOf)
          .filter(({operation}) => TAKES_AWAY.test(operation))
          .map(said)
      : [],

  'recommends what is free before what costs, and what guards before what weakens': ({checklist}) =>
    checklist.steps.flatMap(({remedy, alternatives}) =>
      alternatives
        .filter((other) => other.verified && rank(other.remedy) < rank(remedy))
        .map((other) => `${remedy.title} before ${other.remedy.title}`),
    ),

  'does what its titles say': ({remedies}) => remedies.filter((remedy) => !isSaid(remedy)).map(({title}) => title),

  'changes something with each step that fixes by a call': ({checklist}) =>
    checklist.steps
      .filter(({part, remedy}) => part === 'fix' && remedy.apply)
      .filter(({remedy}) => callsOf(remedy).every(({operation}) => LOOKS.test(operation)))
      .map(({remedy}) => remedy.title),

  'shows who else is affected by a change of a shared resource': ({remedies}) =>
    remedies
      .filter(({effect}) => effect === undefined)
      .filter((remedy) => callsOf(remedy).some(({operation}) => SHARED.test(operation)))
      .filter((remedy) => !callsOf(remedy).some(({operation}) => MAKES.test(operation)))
      .map(({title}) => title),

  'is verified only when nothing that it rests on is unread': ({checklist, account, instance}) => {
    const isConnected = itemsOf(account.ConnectionStatuses).some(
      (one) => !isUnreadable(one) && one.Target === instance.InstanceId && one.Status === 'connected',
    )
    const isOpen =
      isUnreadable(account.InstanceInformationList) || (isUnreadable(account.PolicySimulations) && !isConnected)
    return checklist.verified === true && isOpen ? ['verified'] : []
  },

  'names only what exists, or what an earlier call returned': ({account, remedies}) => {
    const known = said(account)
    const named = (remedy: Remedy, steps: readonly Step[], earlier: readonly Step[]) =>
      steps.flatMap((step, at) => {
        if (!isCall(step)) return []
        const saved = new Set(
          [...earlier, ...steps.slice(0, at)].flatMap((one) => (isCall(one) ? (one.save?.as ?? []) : [])),
        )
        return [
          ...idsIn({...step.input, CreatorRequestId: ''}).filter((id) => !known.includes(id)),
          ...answersIn(step.input).filter((name) => !saved.has(name)),
        ].map((one) => `${one} in "${remedy.title}"`)
      })
    return remedies.flatMap((remedy) => [
      ...named(remedy, remedy.steps, []),
      ...named(remedy, remedy.undo ?? [], remedy.steps),
    ])
  },

  'names nothing that an earlier step has deleted': ({checklist}) => {
    const calls = checklist.steps.filter(({part}) => part === 'fix').flatMap(({remedy}) => callsOf(remedy))
    return calls.flatMap(({operation, input}, at) => {
      if (!/^(?:Delete|Release|Terminate)(?!.*(?:Route|Entry|Policy|Boundary))/.test(operation)) return []
      const deleted = idsIn(input)
      return calls.slice(at + 1).flatMap((later) => idsIn(later.input).filter((id) => deleted.includes(id)))
    })
  },

  'keeps each response under a name of its own': ({checklist}) => {
    const names = checklist.steps
      .filter(({part}) => part === 'fix')
      .flatMap(({remedy}) => callsOf(remedy).flatMap(({save}) => save?.as ?? []))
    return names.filter((one, at) => names.indexOf(one) !== at)
  },

  'creates nothing twice': ({checklist}) => {
    const created = checklist.steps
      .filter(({part}) => part === 'fix')
      .flatMap(({remedy}) => callsOf(remedy))
      .filter(({operation}) => operation in IDENTITY)
      .map(({operation, input}) => said([operation, ...IDENTITY[operation]!.map((name) => input[name])]))
    return created.filter((one, at) => created.indexOf(one) !== at)
  },

  'says what it costs where AWS bills for it': ({remedies}) =>
    remedies
      .filter(({cost}) => cost === undefined || cost === NO_COST)
      .filter((remedy) =>
        callsOf(remedy).some(
          ({operation, input}) =>
            operation === 'CreateNatGateway' ||
            operation === 'AllocateAddress' ||
            (operation === 'CreateVpcEndpoint' && input.VpcEndpointType === 'Interface'),
        ),
      )
      .map(({title}) => title),

  'offers each change once': ({checklist}) =>
    checklist.steps.flatMap(({remedy, alternatives}) => {
      const all = [remedy, ...alternatives.map((one) => one.remedy)]
      return all
        .filter((one, at) => all.findIndex((other) => other.title === one.title || isSameChange(other, one)) < at)
        .map(({title}) => title)
    }),

  'is empty for the account that it leads to, if it is verified': ({checklist, instance}) => {
    if (checklist.verified !== true) return []
    const after = find(checklist.account.Instances, 'InstanceId', instance.InstanceId) ?? instance
    const {steps} = checklistWithModel(
      checklist.account,
      after,
      diagnose(checklist.account, after, {includeFallback: false}),
    )
    return steps.filter(({part}) => part === 'fix').map(({remedy}) => remedy.title)
  },

  'makes no other instance worse without mentioning others': ({checklist, account, instance}) =>
    checklist.steps.some(({remedy}) => remedy.effect?.includes('other instance'))
      ? []
      : itemsOf(account.Instances)
          .filter(({InstanceId}) => InstanceId !== instance.InstanceId)
          .flatMap((other) => {
            if (other.State.Name !== 'running' || impairmentsOf(account, other).length > 0) return []
            const after = find(checklist.account.Instances, 'InstanceId', other.InstanceId)
            return after ? impairmentsOf(checklist.account, after) : ['terminated']
          }),

  'improves without impairing': ({checklist, instance}) => {
    const own = (account: Account) => find(account.Instances, 'InstanceId', instance.InstanceId) ?? instance
    const before = new Set(impairmentsOf(checklist.account, own(checklist.account)))
    return checklist.steps
      .filter(({part, remedy}) => part === 'improve' && remedy.apply)
      .flatMap(({remedy}) => {
        const after = remedy.apply!(checklist.account)
        return impairmentsOf(after, own(after))
          .filter((one) => !before.has(one))
          .map((one) => `${one} by "${remedy.title}"`)
      })
  },

  'names the account that owns what it changes': ({checklist, account, instance}) => {
    const self = account.Caller?.Account ?? instance.NetworkInterfaces[0]?.OwnerId
    const owners = ownersIn(account)
    return checklist.steps
      .filter((step) => step.account === undefined)
      .flatMap(({remedy}) => callsOf(remedy))
      .filter(({operation}) => !LOOKS.test(operation) && operation !== 'CreateSecurityGroup')
      .flatMap(({operation, input}) =>
        idsIn(input.GroupId ?? input.RouteTableId ?? input.NetworkAclId ?? input.VpcEndpointId ?? input.VpcId ?? '')
          .filter((id) => owners.has(id) && self !== undefined && owners.get(id) !== self)
          .map((id) => `${operation} ${id}`),
      )
  },

  'undoes what it changes, where AWS can': ({remedies}) =>
    remedies.flatMap((remedy) =>
      callsOf(remedy)
        // What is made for the change alone is deleted as a whole.
        .filter(({operation, input}) => operation in INVERSE && answersIn(input.GroupId).length === 0)
        .filter(({operation, input}) => {
          const {by, alike} = INVERSE[operation]!
          return !(remedy.undo ?? []).some(
            (step) =>
              isCall(step) &&
              by.test(step.operation) &&
              alike.every((name) => said(step.input[name]) === said(input[name])),
          )
        })
        // Other Regions of the account may use the role by then.
        .filter(({input}) => !String(input.RoleName).startsWith('AWSSystemsManagerDefault'))
        .map(({operation}) => `${operation} in "${remedy.title}"`),
    ),

  'attaches before it detaches, and looks in between': ({remedies}) =>
    remedies
      .filter((remedy) => {
        const operations = callsOf(remedy).map(({operation}) => operation)
        const [from, to] = [operations.indexOf('AttachRolePolicy'), operations.indexOf('DetachRolePolicy')]
        return from !== -1 && to !== -1 && !(from < to && operations.slice(from, to).some((one) => LOOKS.test(one)))
      })
      .map(({title}) => title),

  'has titles that are whole, and say one thing': ({remedies}) =>
    remedies
      .map(({title}) => title)
      .filter((title) => !/^[A-Z]\S*(?: \S+)+[^.\s]$/.test(title) || /undefined|NaN|\[object/.test(title)),
}

/** Ids that AWS assigns. */
const idsIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? (value.match(/\b(?:[a-z]+-)+[0-9a-f]{8,17}\b/g) ?? []) : partsOf(value).flatMap(idsIn)
const answersIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && 'variable' in value
    ? [String(value.variable)]
    : partsOf(value).flatMap(answersIn)
const partsOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : []

/** The parameters by which two of a kind differ. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  CreateNetworkAclEntry: ['NetworkAclId', 'Egress', 'RuleNumber'],
  CreateRoute: ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'],
  CreateVpcEndpoint: ['VpcId', 'ServiceName'],
  CreateSecurityGroup: ['VpcId', 'GroupName'],
  CreateRole: ['RoleName'],
  CreateInstanceProfile: ['InstanceProfileName'],
  AuthorizeSecurityGroupEgress: ['GroupId', 'IpPermissions'],
  AuthorizeSecurityGroupIngress: ['GroupId', 'IpPermissions'],
}

/** The call that undoes another one, and the parameters that both have. */
const INVERSE: Readonly<Record<string, {readonly by: RegExp; readonly alike: readonly string[]}>> = {
  AttachRolePolicy: {by: /^DetachRolePolicy$/, alike: ['RoleName', 'PolicyArn']},
  DetachRolePolicy: {by: /^AttachRolePolicy$/, alike: ['RoleName', 'PolicyArn']},
  AuthorizeSecurityGroupEgress: {by: /^RevokeSecurityGroupEgress$/, alike: ['GroupId', 'IpPermissions']},
  AuthorizeSecurityGroupIngress: {by: /^RevokeSecurityGroupIngress$/, alike: ['GroupId', 'IpPermissions']},
  CreateNetworkAclEntry: {by: /^DeleteNetworkAclEntry$/, alike: ['NetworkAclId', 'Egress', 'RuleNumber']},
  CreateRoute: {by: /^DeleteRoute$/, alike: ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock']},
  CreateTransitGatewayRoute: {
    by: /^DeleteTransitGatewayRoute$/,
    alike: ['TransitGatewayRouteTableId', 'DestinationCidrBlock'],
  },
  AssociateTransitGatewayRouteTable: {
    by: /^DisassociateTransitGatewayRouteTable$/,
    alike: ['TransitGatewayRouteTableId', 'TransitGatewayAttachmentId'],
  },
  CreateVpcEndpoint: {by: /^DeleteVpcEndpoints$/, alike: []},
  CreateNatGateway: {by: /^DeleteNatGateway$/, alike: []},
  AllocateAddress: {by: /^ReleaseAddress$/, alike: []},
  CreateInternetGateway: {by: /^DeleteInternetGateway$/, alike: []},
  AttachInternetGateway: {by: /^DetachInternetGateway$/, alike: ['VpcId', 'InternetGatewayId']},
  CreateRole: {by: /^DeleteRole$/, alike: ['RoleName']},
  CreateInstanceProfile: {by: /^DeleteInstanceProfile$/, alike: ['InstanceProfileName']},
  AddRoleToInstanceProfile: {by: /^RemoveRoleFromInstanceProfile$/, alike: ['RoleName', 'InstanceProfileName']},
  ModifyVpcAttribute: {by: /^ModifyVpcAttribute$/, alike: ['VpcId']},
  ModifySubnetAttribute: {by: /^ModifySubnetAttribute$/, alike: ['SubnetId']},
  ModifyVpcEndpoint: {by: /^ModifyVpcEndpoint$/, alike: ['VpcEndpointId']},
  ModifyInstanceMetadataOptions: {by: /^ModifyInstanceMetadataOptions$/, alike: ['InstanceId']},
  AssociateDhcpOptions: {by: /^AssociateDhcpOptions$/, alike: ['VpcId']},
  AssociateVPCWithHostedZone: {by: /^DisassociateVPCFromHostedZone$/, alike: ['HostedZoneId', 'VPC']},
  DisassociateVPCFromHostedZone: {by: /^AssociateVPCWithHostedZone$/, alike: ['HostedZoneId', 'VPC']},
  UpdateAssumeRolePolicy: {by: /^UpdateAssumeRolePolicy$/, alike: ['RoleName']},
  UpdateServiceSetting: {by: /^(?:Update|Reset)ServiceSetting$/, alike: ['SettingId']},
}

const isSameChange = (one: Remedy, other: Remedy): boolean =>
  one.steps.length > 0 && said(one.steps) === said(other.steps)

const impairmentsOf = (account: Account, instance: Instance): readonly string[] =>
  findingsOf(diagnose(account, instance, {includeFallback: false}))
    .filter(({severity}) => severity === 'blocks' || severity === 'degrades')
    .map(({cause, resource}) => `${cause} ${resource} of ${instance.InstanceId}`)

/** Who owns what, by id. */
const ownersIn = (account: Account): ReadonlyMap<string, string> =>
  new Map(
    (
      [
        ['SecurityGroups', 'GroupId'],
        ['NetworkAcls', 'NetworkAclId'],
        ['RouteTables', 'RouteTableId'],
        ['VpcEndpoints', 'VpcEndpointId'],
        ['Vpcs', 'VpcId'],
      ] as const
    ).flatMap(([kind, key]) =>
      itemsOf(account[kind] as readonly Readonly<Record<string, unknown>>[]).flatMap((item) =>
        typeof item.OwnerId === 'string' ? [[String(item[key]), item.OwnerId] as const] : [],
      ),
    ),
  )
