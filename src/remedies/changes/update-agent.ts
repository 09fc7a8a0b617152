import type {Account, Instance} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Remedy} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html'

/** Updates the agent through Systems Manager itself, which needs a node that is online and reaches S3. */
export const updateAgent = ({InstanceId}: Instance, minimum?: string): Remedy => ({
  title: `Update SSM Agent on ${InstanceId}`,
  steps: [
    {
      service: 'ssm',
      operation: 'SendCommand',
      input: {DocumentName: 'AWS-UpdateSSMAgent', InstanceIds: [InstanceId]},
    },
  ],
  docs: DOCS,
  effect: 'The agent restarts; sessions that are open on the instance may end.',
  ...(minimum === undefined ? {} : {apply: (account: Account) => updated(account, InstanceId, minimum)}),
})

const updated = (account: Account, instanceId: string, AgentVersion: string): Account =>
  withItem(account, 'InstanceInformationList', 'InstanceId', instanceId, (node) => ({...node, AgentVersion}))
