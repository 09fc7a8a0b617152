import type {InspectorAssociation, UnreadTotal} from '../audit/report.ts'
import {usesOwnAgent} from '../checks/node/inspector.ts'
import {
  type Account,
  type CoveredResource,
  type Instance,
  type InstanceAssociation,
  isNotAsked,
  isUnreadable,
  itemsOf,
} from '../model/account.ts'
import {isMac, isWindows} from '../model/instance.ts'
import {allWith, find} from '../model/lists.ts'

/** What Inspector creates in an account. https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html */
const OWN_ASSOCIATION = /^(Inspector|InvokeInspector)\w*-do-not-delete$/
const INVENTORY = 'AWS-GatherSoftwareInventory'
const PLUGIN = {
  windows: ['InspectorDistributor-do-not-delete', 'InvokeInspectorSsmPlugin-do-not-delete'],
  linux: ['InspectorLinuxDistributor-do-not-delete', 'InvokeInspectorLinuxSsmPlugin-do-not-delete'],
  // The plugin inspects no packages of programming languages on macOS.
  macos: [],
} as const

/**
 * Inspector's own scanner replaces the plugin, and collects what it sends without Systems Manager.
 * https://docs.aws.amazon.com/inspector/latest/user/inspector-vm-scanner.html
 */
const SCANNER = ['InspectorVmScannerDistributor-do-not-delete']

function neededBy(
  instance: Instance | undefined,
  row: CoveredResource | undefined,
  own: readonly InstanceAssociation[],
): readonly string[] {
  if (row && usesOwnAgent(row)) return SCANNER
  const inventory = own.some(({Name}) => Name === INVENTORY) ? [] : ['InspectorInventoryCollection-do-not-delete']
  const system = instance && isWindows(instance) ? 'windows' : instance && isMac(instance) ? 'macos' : 'linux'
  return [...inventory, ...PLUGIN[system]]
}

/** The associations that Inspector uses, including missing ones; none if they were not read. */
export function associationsOf(
  account: Account,
  id: string,
  row: CoveredResource | undefined,
): readonly InspectorAssociation[] {
  const all = allWith(account.InstanceAssociations, 'InstanceId', id).flatMap((one) => (isUnreadable(one) ? [] : [one]))
  if (all.length === 0) return []
  const own = all.filter(({AssociationName = '', Name}) => OWN_ASSOCIATION.test(AssociationName) || Name === INVENTORY)
  const instance = find(account.Instances, 'InstanceId', id)
  const names = new Set(own.map(({AssociationName}) => AssociationName))
  const missing = neededBy(instance, row, own).filter((name) => !names.has(name))
  return [
    ...own.map(({AssociationName, Name, AssociationId, Status, DetailedStatus, ErrorCode}) => ({
      name: AssociationName ?? Name ?? '',
      id: AssociationId ?? null,
      status: DetailedStatus ?? Status ?? 'unknown',
      error: ErrorCode ?? null,
    })),
    ...missing.map((name) => ({name, id: null, status: 'missing', error: null})),
  ]
}

export function unreadAssociations({InstanceAssociations, Caller, Region}: Account): readonly UnreadTotal[] {
  const counts = new Map<string, UnreadTotal>()
  for (const one of itemsOf(InstanceAssociations)) {
    if (!isUnreadable(one)) continue
    const {instances = 0} = counts.get(one.unreadable) ?? {}
    counts.set(one.unreadable, {
      account: Caller?.Account ?? null,
      region: Region,
      kind: 'InstanceAssociations',
      reason: one.unreadable,
      permission: isNotAsked(one) ? null : 'ssm:DescribeInstanceAssociationsStatus',
      instances: instances + 1,
    })
  }
  return [...counts.values()]
}
