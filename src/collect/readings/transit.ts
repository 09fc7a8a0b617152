import {
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  EC2Client,
  GetTransitGatewayRouteTableAssociationsCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2'
import {
  isUnreadable,
  type Reading,
  type Readings,
  type TransitGatewayRoute,
  type TransitGatewayVpcAttachment,
  whyUnreadable,
} from '../../model/account.ts'
import {find} from '../../model/lists.ts'
import {defined} from '../../util/json.ts'
import type {Aws} from '../client/aws.ts'
import {pagesOf, send} from '../client/calls.ts'
import {validateEnums} from '../client/enums.ts'
import {noAnswer} from '../client/errors.ts'
import * as normal from '../client/normalize.ts'
import {allOrUnreadable, complete, eachKnown, paginate, readList, readOr} from '../client/paginate.ts'
import {inFilters, reader, type Where} from './ec2-reader.ts'

const PAGE = {MaxResults: 1000} as const

const ofGateways = (ids: readonly string[]): Where => ({filter: 'transit-gateway-id', values: ids})

/** Transit gateways with their attachments and route tables, by the ids that routes name. */
export const transitKinds = (aws: Aws, ids: Promise<readonly string[]>) => ({
  TransitGateways: ids.then((values) => readGateways(aws, ofGateways(values))),
  TransitGatewayVpcAttachments: ids.then((values) => attachmentsWithOptions(aws, values)),
  TransitGatewayRouteTables: ids.then((values) => readRouteTables(aws, values)),
})

const readGateways = reader(DescribeTransitGatewaysCommand, 'TransitGateways', normal.withIds('TransitGatewayId'))

async function attachmentsWithOptions(aws: Aws, ids: readonly string[]) {
  const where = ofGateways(ids)
  const [attachments, options] = await Promise.all([readAttachments(aws, where), readOptions(aws, where)])
  return eachKnown(attachments, withOptions(options))
}

type Options = Pick<TransitGatewayVpcAttachment, 'Association' | 'NatGatewaySupport'>
type OptionsOfOne = Options & Pick<TransitGatewayVpcAttachment, 'TransitGatewayAttachmentId'>

const withOptions =
  (options: Reading<OptionsOfOne>) =>
  (attachment: TransitGatewayVpcAttachment): TransitGatewayVpcAttachment => {
    const own = find(options, 'TransitGatewayAttachmentId', attachment.TransitGatewayAttachmentId)
    return own || !isUnreadable(options)
      ? {...attachment, ...own}
      : {...attachment, Association: whyUnreadable(options)}
  }

/** Policy tables and NAT are shown by the call for attachments of all types only. */
const readOptions = reader(
  DescribeTransitGatewayAttachmentsCommand,
  'TransitGatewayAttachments',
  (one): OptionsOfOne => {
    const found = normal.normalized(one, ['TransitGatewayAttachmentId'])
    const {TransitGatewayAttachmentId, Association, NatGatewaySupport} = found
    return defined({TransitGatewayAttachmentId, Association, NatGatewaySupport})
  },
  {action: 'ec2:DescribeTransitGatewayAttachments'},
)

const readAttachments = reader(
  DescribeTransitGatewayVpcAttachmentsCommand,
  'TransitGatewayVpcAttachments',
  normal.withIds('TransitGatewayAttachmentId', 'TransitGatewayId', 'VpcId', 'SubnetIds'),
)

/** Only the gateway's owner can see them. https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html */
const readRouteTables = (aws: Aws, ids: readonly string[]): Promise<Readings['TransitGatewayRouteTables']> =>
  readList('ec2:DescribeTransitGatewayRouteTables', async () => {
    const tables = await inFilters('transit-gateway-id', ids, (Filters) => routeTables(aws, {Filters, ...PAGE}))
    return Promise.all(
      tables.map(async (table) => {
        if (isUnreadable(table)) return table
        const id = table.TransitGatewayRouteTableId
        const [Associations, Routes] = await Promise.all([associationsOf(aws, id), routesOf(aws, id)])
        return {...table, Associations, Routes}
      }),
    )
  })

const routeTables = pagesOf(
  EC2Client,
  DescribeTransitGatewayRouteTablesCommand,
  'TransitGatewayRouteTables',
  complete(normal.withIds('TransitGatewayRouteTableId', 'TransitGatewayId')),
)

const associationsOf = (aws: Aws, TransitGatewayRouteTableId: string) =>
  readOr('ec2:GetTransitGatewayRouteTableAssociations', async () => {
    const found = await associations(aws, {TransitGatewayRouteTableId, ...PAGE})
    return validateEnums('Associations', allOrUnreadable(found))
  })

const associations = pagesOf(
  EC2Client,
  GetTransitGatewayRouteTableAssociationsCommand,
  'Associations',
  complete(normal.withIds('TransitGatewayAttachmentId')),
)

const routesOf = (aws: Aws, TransitGatewayRouteTableId: string): Promise<Reading<TransitGatewayRoute>> =>
  readList('ec2:SearchTransitGatewayRoutes', () =>
    paginate(async (NextToken) => {
      const Filters = [{Name: 'state', Values: ['active', 'blackhole']}]
      const input = {TransitGatewayRouteTableId, Filters, ...PAGE, NextToken}
      const answer = await send(aws, EC2Client, new SearchTransitGatewayRoutesCommand(input))
      if (answer.AdditionalRoutesAvailable && !answer.NextToken)
        throw noAnswer('more routes exist than the API returned')
      return {items: answer.Routes?.map(complete(normal.transitGatewayRoute)), next: answer.NextToken}
    }),
  )
