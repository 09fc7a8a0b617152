import {type PlannedResource, type Properties, textOf, UNKNOWN} from './resource.ts'

const TEMPLATE = 'AWS::EC2::LaunchTemplate'
const FLEET = 'AWS::AutoScaling::AutoScalingGroup'

/** Kinds whose properties an instance inherits, and the property by which it refers to one. */
const LENDERS: readonly (readonly [type: string, property: string])[] = [
  [TEMPLATE, 'LaunchTemplate'],
  ['AWS::EC2::NetworkInterface', 'NetworkInterface'],
]

/**
 * An instance or an Auto Scaling group with the properties of its launch template and its network interface; its own
 * take precedence. One that keeps its `LaunchTemplate` is launched from a template outside the plan. A template that
 * changes is examined in each group that uses it, or otherwise on its own.
 */
export function withLaunchTemplates(resources: readonly PlannedResource[]): readonly PlannedResource[] {
  const lenders = new Map(
    resources.flatMap((one) =>
      LENDERS.some(([type]) => type === one.type) && one.after
        ? namesOf(one).map((name) => [`${one.type} ${name}`, one] as const)
        : [],
    ),
  )
  const used = new Set<PlannedResource>()
  const borrowed = resources
    .filter(({type}) => !LENDERS.some(([lender]) => lender === type))
    .map((one) =>
      LENDERS.reduce((borrower, [type, property]) => {
        const lender = lenders.get(`${type} ${textOf(borrower.after?.[property])}`)
        if (lender) used.add(lender)
        return lender ? withLoan(borrower, lender, property) : borrower
      }, one),
    )
  const alone = resources.filter((one) => one.type === TEMPLATE && !used.has(one) && isChanged(one))
  return [...borrowed, ...alone.map(launchOf)]
}

const isChanged = ({action}: PlannedResource): boolean => action === 'create' || action === 'update'

const namesOf = ({id, after}: PlannedResource): readonly string[] => [id, textOf(after?.LaunchTemplateName) ?? id]

function withLoan(borrower: PlannedResource, lender: PlannedResource, property: string): PlannedResource {
  const {[property]: _, ...own} = borrower.after ?? {}
  const after = {...withoutName(lender.after), ...own}
  return borrower.type === FLEET && borrower.action === 'none' && isChanged(lender)
    ? {...borrower, action: 'update', attributes: [...borrower.attributes, ...lender.attributes], after}
    : {...borrower, after}
}

const withoutName = ({LaunchTemplateName: _, ...properties}: Properties = {}): Properties => properties

/** A template that nothing in the plan uses, launched into the subnet that it names. */
const launchOf = ({after = {}, before: _, ...one}: PlannedResource): PlannedResource => ({
  ...one,
  type: FLEET,
  after: {...withoutName(after), SubnetIds: after.SubnetId ?? UNKNOWN},
})
