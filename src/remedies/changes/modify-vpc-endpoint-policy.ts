import {asText, isEditable, withoutDeny, withStatement} from '../../iam/edit.ts'
import type {Account, PolicyDocument, VpcEndpoint} from '../../model/account.ts'
import {withItem} from '../../model/joins.ts'
import type {Call, Remedy} from '../core/remedy.ts'

const DOCS = 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html'

/** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-default-endpoint-policy */
const FULL_ACCESS = {Statement: [{Action: '*', Effect: 'Allow', Principal: '*', Resource: '*'}]}

const modify = (VpcEndpointId: string, document: PolicyDocument): Call => ({
  service: 'ec2',
  operation: 'ModifyVpcEndpoint',
  input: {VpcEndpointId, PolicyDocument: asText(document)},
})

const withPolicy = (account: Account, id: string, PolicyDocument: PolicyDocument): Account =>
  withItem(account, 'VpcEndpoints', 'VpcEndpointId', id, (endpoint) => ({...endpoint, PolicyDocument}))

const undo = ({VpcEndpointId, PolicyDocument}: VpcEndpoint): Pick<Remedy, 'undo'> =>
  PolicyDocument === undefined ? {} : {undo: [modify(VpcEndpointId, PolicyDocument)]}

/** What must be allowed: actions, their resources, and for a node without a principal of the account, the account. */
interface RequiredAccess {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly nodeAccount?: string
}

const statementFor = ({actions, resources, nodeAccount}: RequiredAccess) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: actions,
  Resource: resources.length === 1 ? resources[0] : resources,
  ...(nodeAccount === undefined ? {} : {Condition: {StringEquals: {'ssm:NodeAccountId': nodeAccount}}}),
})

/** Adds what is missing, and narrows every Deny of it; undefined if the policy is not valid JSON. */
export function extendEndpointPolicy(endpoint: VpcEndpoint, passage: RequiredAccess): Remedy | undefined {
  const {VpcEndpointId, VpcId, PolicyDocument} = endpoint
  if (!isEditable(PolicyDocument)) return undefined
  const document = withStatement(withoutDeny(PolicyDocument, passage.actions), statementFor(passage))
  return {
    title: `Allow the agent's calls in the policy of ${VpcEndpointId}`,
    steps: [modify(VpcEndpointId, document)],
    docs: DOCS,
    effect: `The policy applies to everything in ${VpcId} that uses the endpoint; a change takes effect after some minutes.`,
    ...undo(endpoint),
    apply: (account) => withPolicy(account, VpcEndpointId, document),
  }
}

/** Resets to the policy that allows everything. */
export const resetEndpointPolicy = (endpoint: VpcEndpoint): Remedy => ({
  title: `Reset the policy of ${endpoint.VpcEndpointId} to full access`,
  steps: [
    {
      service: 'ec2',
      operation: 'ModifyVpcEndpoint',
      input: {VpcEndpointId: endpoint.VpcEndpointId, ResetPolicy: true},
    },
  ],
  docs: DOCS,
  effect: `Calls in ${endpoint.VpcId} that the policy did not allow are allowed again; roles and resource policies still apply.`,
  ...undo(endpoint),
  apply: (account) => withPolicy(account, endpoint.VpcEndpointId, FULL_ACCESS),
})
