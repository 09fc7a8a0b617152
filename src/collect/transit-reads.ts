import {
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  EC2Client,
  type Filter,
  GetTransitGatewayRouteTableAssociationsCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2'
import type {
  Reading,
  TransitGateway,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
  TransitGatewayVpcAttachment,
} from '../model/account.ts'
import type {Aws} from './aws.ts'
import {inFilters} from './collect-instances.ts'
import {validateEnums} from './enums.ts'
import {noAnswer} from './errors.ts'
import * as normal from './normalise.ts'
import {paginate, readOr} from './paginate.ts'

const PAGE = {MaxResults: 1000} as const

/** Transit gateways with whatever hangs on them, by the ids that routes name. */
export const readTransitGateways = (aws: Aws, ids: readonly string[]): Promise<Reading<TransitGateway>> =>
  readOr('ec2:DescribeTransitGateways', () =>
    inFilters('transit-gateway-id', ids, (Filters) =>
      paginate(async (NextToken) => {
        const answer = await aws
          .client(EC2Client)
          .send(new DescribeTransitGatewaysCommand({Filters, ...PAGE, NextToken}), aws.until)
        return {
          items: answer.TransitGateways?.map((one) => normal.normalized(one, ['TransitGatewayId'])),
          next: answer.NextToken,
        }
      }),
    ),
  )

export const readTransitGatewayVpcAttachments = (
  aws: Aws,
  ids: readonly string[],
): Promise<Reading<TransitGatewayVpcAttachment>> =>
  readOr('ec2:DescribeTransitGatewayVpcAttachments', async () => {
    const found = await inFilters('transit-gateway-id', ids, (Filters) =>
      paginate(async (NextToken) => {
        const answer = await aws
          .client(EC2Client)
          .send(new DescribeTransitGatewayVpcAttachmentsCommand({Filters, ...PAGE, NextToken}), aws.until)
        return {
          items: answer.TransitGatewayVpcAttachments?.map((one) =>
            normal.normalized(one, ['TransitGatewayAttachmentId', 'TransitGatewayId', 'VpcId', 'SubnetIds']),
          ),
          next: answer.NextToken,
        }
      }),
    )
    return validateEnums('TransitGatewayVpcAttachments', found)
  })

/** The gateway's owner alone sees them. https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html */
export const readTransitGatewayRouteTables = (
  aws: Aws,
  ids: readonly string[],
): Promise<Reading<TransitGatewayRouteTable>> =>
  readOr('ec2:DescribeTransitGatewayRouteTables', async () => {
    const tables = await inFilters('transit-gateway-id', ids, (Filters) => routeTables(aws, Filters))
    return Promise.all(
      tables.map(async (table) => {
        const id = table.TransitGatewayRouteTableId
        const [Associations, Routes] = await Promise.all([associationsOf(aws, id), routesOf(aws, id)])
        return {...table, Associations, Routes}
      }),
    )
  })

const routeTables = (aws: Aws, Filters: Filter[]) =>
  paginate(async (NextToken) => {
    const answer = await aws
      .client(EC2Client)
      .send(new DescribeTransitGatewayRouteTablesCommand({Filters, ...PAGE, NextToken}), aws.until)
    return {
      items: answer.TransitGatewayRouteTables?.map((one) =>
        normal.normalized(one, ['TransitGatewayRouteTableId', 'TransitGatewayId']),
      ),
      next: answer.NextToken,
    }
  })

const associationsOf = (aws: Aws, TransitGatewayRouteTableId: string) =>
  readOr('ec2:GetTransitGatewayRouteTableAssociations', async () => {
    const found = await paginate(async (NextToken) => {
      const answer = await aws
        .client(EC2Client)
        .send(
          new GetTransitGatewayRouteTableAssociationsCommand({TransitGatewayRouteTableId, ...PAGE, NextToken}),
          aws.until,
        )
      normal.requireEach(answer.Associations, 'TransitGatewayAttachmentId')
      return {items: answer.Associations?.map(normal.plain), next: answer.NextToken}
    })
    return validateEnums('Associations', found)
  })

const routesOf = (aws: Aws, TransitGatewayRouteTableId: string): Promise<Reading<TransitGatewayRoute>> =>
  readOr('ec2:SearchTransitGatewayRoutes', () =>
    paginate(async (NextToken) => {
      const Filters = [{Name: 'state', Values: ['active', 'blackhole']}]
      const answer = await aws
        .client(EC2Client)
        .send(
          new SearchTransitGatewayRoutesCommand({TransitGatewayRouteTableId, Filters, ...PAGE, NextToken}),
          aws.until,
        )
      if (answer.AdditionalRoutesAvailable && !answer.NextToken) throw noAnswer('there are more routes than were told')
      return {items: answer.Routes?.map(normal.transitGatewayRoute), next: answer.NextToken}
    }),
  )
