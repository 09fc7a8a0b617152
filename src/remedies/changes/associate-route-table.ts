import {withItem} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {modelId} from '../core/model-id.ts'
import {answer} from '../core/remedy.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const associateRouteTable = (RouteTableId: string, SubnetId: string): Change => ({
  steps: [
    {
      service: 'ec2',
      operation: 'AssociateRouteTable',
      input: {RouteTableId, SubnetId},
      save: {as: 'TABLE_ASSOCIATION', query: 'AssociationId'},
    },
  ],
  undo: [{service: 'ec2', operation: 'DisassociateRouteTable', input: {AssociationId: answer('TABLE_ASSOCIATION')}}],
  apply: (account) =>
    withItem(account, 'RouteTables', 'RouteTableId', RouteTableId, (table) => ({
      ...table,
      Associations: [
        ...table.Associations,
        {Main: false, RouteTableAssociationId: modelId('rtbassoc', RouteTableId, SubnetId), RouteTableId, SubnetId},
      ],
    })),
})
