import {privateLinkGuide, ssmGuide} from '../../model/documentation.ts'
import {degrades} from '../check.ts'
import {hopCheck} from './hops.ts'

export const s3 = hopCheck({
  id: 's3',
  title: 'Access to S3',
  why: "Patch baselines, agent updates and packages are fetched from AWS's own buckets.",
  causes: {
    's3.gateway-not-routed': degrades(
      'an S3 gateway endpoint that is not in the route table',
      privateLinkGuide('gateway-endpoints'),
    ),
    's3.unreachable': degrades('no path to S3', ssmGuide('setup-create-vpc')),
  },
  decidedBy: ['VpcEndpoints', 'RouteTables', 'ServiceNames'],
  matches: () => false,
})
