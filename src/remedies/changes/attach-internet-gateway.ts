import type {Account} from '../../model/account.ts'
import {find, withItem, withNew} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer} from '../core/remedy.ts'
import {type RouteTarget, withRoutesAlive} from '../plans/routes-of-table.ts'

const attached = (account: Account, VpcId: string, gatewayId: string): Account =>
  withItem(account, 'InternetGateways', 'InternetGatewayId', gatewayId, (gateway) => ({
    ...gateway,
    Attachments: [{VpcId, State: 'attached'}],
  }))

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export const attachInternetGateway = (InternetGatewayId: string, VpcId: string): Change => ({
  steps: [{service: 'ec2', operation: 'AttachInternetGateway', input: {InternetGatewayId, VpcId}}],
  undo: [{service: 'ec2', operation: 'DetachInternetGateway', input: {InternetGatewayId, VpcId}}],
  apply: (account) => withRoutesAlive(attached(account, VpcId, InternetGatewayId), InternetGatewayId),
})

/** A VPC can have one internet gateway; this is for one that has none. */
export function createInternetGateway(VpcId: string): Change & {readonly target: RouteTarget} {
  const id = modelId('igw', VpcId)
  const InternetGatewayId = answer('INTERNET_GATEWAY')
  return {
    target: {field: 'GatewayId', input: InternetGatewayId, id},
    steps: [
      {
        service: 'ec2',
        operation: 'CreateInternetGateway',
        input: {},
        save: {as: 'INTERNET_GATEWAY', query: 'InternetGateway.InternetGatewayId'},
      },
      {service: 'ec2', operation: 'AttachInternetGateway', input: {InternetGatewayId, VpcId}},
    ],
    undo: [
      {service: 'ec2', operation: 'DetachInternetGateway', input: {InternetGatewayId, VpcId}},
      {service: 'ec2', operation: 'DeleteInternetGateway', input: {InternetGatewayId}},
    ],
    apply: (account) =>
      find(account.InternetGateways, 'InternetGatewayId', id)
        ? account
        : withNew(account, 'InternetGateways', {
            InternetGatewayId: id,
            Attachments: [{VpcId, State: 'attached'}],
          }),
  }
}
