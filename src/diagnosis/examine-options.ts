import type {Signal} from '../agent/signal.ts'
import type {FlowLog} from '../flow-logs/flow-log.ts'
import type {Preference, Remedy, Step} from '../remedies/core/remedy.ts'

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

/** The position of a change in its checklist, and what the code already contains. */
export interface SnippetPlace {
  readonly region: string
  /** The position of the change in its checklist, from 1, so no two changes give a resource the same name. */
  readonly step: number
  /** What the code already contains, by id. */
  readonly codeReferences?: ReadonlyMap<string, CodeReference>
  /** Where options of a launch are set, if the instance is one of an Auto Scaling group. */
  readonly launchedFrom?: LaunchSource | undefined
}

export interface ExamineOptions {
  /** Another Region of the account in which the id was found. */
  readonly elsewhere?: string
  /** Lines from inside the instance that were handed over: an agent log, or the diagnostics of ssm-cli. */
  readonly evidence?: readonly Signal[]
  /** The flow log of the instance's interface, where it was read. */
  readonly flowLog?: FlowLog | undefined
  /** The preference if several changes would work. */
  readonly prefer?: Preference | undefined
  /** Writes the changes in another form than a POSIX shell's. */
  readonly snippet?: (steps: readonly Step[], place: SnippetPlace) => string
  /** The undo of the call that is responsible for a cause. */
  readonly undo?: (finding: {readonly cause: string; readonly resource: string}) => readonly Remedy[]
  /** Whether the checks for what is left when nothing else explains the node run. */
  readonly includeFallback?: boolean
  /** The steps of a change for an instance that is not launched yet. */
  readonly steps?: (steps: readonly Step[]) => readonly Step[]
}
