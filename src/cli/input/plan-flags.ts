import {boolean, string} from '@oclif/core/flags'
import {under, type ValuesOf} from './flags.ts'

/** The plan, and what it applies to. */
export const planFlags = under('SOURCE', {
  terraform: string({
    summary: 'Output of terraform show -json, or - for standard input.',
    helpValue: 'FILE',
  }),
  cloudformation: string({
    summary: 'CloudFormation template, such as one that cdk synth wrote, or the output of describe-change-set.',
    helpValue: 'FILE',
    exclusive: ['terraform'],
  }),
  parameters: string({
    summary: 'Parameters of the template (JSON).',
    helpValue: 'FILE',
    dependsOn: ['cloudformation'],
  }),
  stack: string({
    summary: 'Name of the stack that the template updates: read from AWS with its template, parameters and ids.',
    helpValue: 'NAME',
    dependsOn: ['cloudformation'],
    exclusive: ['account', 'stack-resources', 'stack-template'],
  }),
  'stack-resources': string({
    summary: 'Output of describe-stack-resources or describe-change-set for the stack that is updated.',
    helpValue: 'FILE',
    dependsOn: ['cloudformation'],
  }),
  'stack-template': string({
    summary: 'Current template of the stack, to detect what is removed.',
    helpValue: 'FILE',
    dependsOn: ['stack-resources'],
  }),
  live: boolean({summary: 'Apply the plan to a model of the account in AWS.', exclusive: ['account']}),
})

export type PlanSource = ValuesOf<typeof planFlags>
