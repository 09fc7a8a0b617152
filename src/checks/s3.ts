import {hopCheck} from './hops.ts'

export const s3 = hopCheck({
  id: 's3',
  title: 'Access to S3',
  why: "Patch baselines, agent updates and packages are fetched from AWS's own buckets.",
  causes: {
    's3.gateway-not-routed': {
      title: 'an S3 gateway endpoint that is not in the route table',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html',
    },
    's3.unreachable': {
      title: 'no path to S3',
      severity: 'degrades',
      docs: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html',
    },
  },
  decidedBy: ['VpcEndpoints', 'RouteTables', 'ServiceNames'],
  matches: () => false,
})
