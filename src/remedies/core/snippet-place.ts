/** How infrastructure code names a resource that it contains, and refers to it. */
export interface CodeReference {
  readonly address: string
  readonly reference: string
  /** The property that takes the reference, if it is another than the one that takes the id. */
  readonly property?: string
  /** Rules that are part of the resource itself, by direction, and not separate resources. */
  readonly inline?: readonly ('ingress' | 'egress')[]
}

/** What an Auto Scaling group launches from: a launch template, or a launch configuration. */
export interface LaunchSource {
  readonly address: string
  readonly isTemplate: boolean
}

/** The key of a resource among code references. An instance profile mostly has the name of its role. */
export const codeKey = (type: string, id: string): string => (/instance_?profile/i.test(type) ? `profile ${id}` : id)

/** What the code lists exclusively: the managed policies of a role, and the roles of a managed policy. */
export const policiesOfRole = (roleName: string): string => `${roleName}/ManagedPolicyArns`
export const rolesOfPolicy = (policyArn: string): string => `${policyArn}/Roles`

/** Where a change of a checklist is written as infrastructure code. */
export interface SnippetPlace {
  readonly region: string
  /** The position of the change in its checklist, from 1, so no two changes give a resource the same name. */
  readonly step: number
  /** What the code already contains, by id. */
  readonly codeReferences?: ReadonlyMap<string, CodeReference>
  /** Where options of a launch are set, if the instance is one of an Auto Scaling group. */
  readonly launchedFrom?: LaunchSource | undefined
}
