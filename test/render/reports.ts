import type {Report} from '../../src/diagnosis/report.ts'

const DOCS = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html'

export const healthy: Report = {
  schema: 'ssm-doctor/report/1',
  instance: {
    id: 'i-0a1b2c3d4e5f60010',
    name: 'web-1',
    account: '111122223333',
    region: 'eu-west-1',
    vpc: 'vpc-0a1b2c3d4e5f60001',
    subnet: 'subnet-0a1b2c3d4e5f60021',
    platform: 'Linux/UNIX',
  },
  verdict: 'managed',
  registration: {
    status: 'online',
    lastPing: '2026-11-20T11:58:00.000Z',
    agentVersion: '3.3.5226.0',
    connected: true,
  },
  checks: [
    {id: 'instance-state', title: 'The instance is running', status: 'pass', notes: ['Running since 2026-11-18.']},
    {id: 'registration', title: 'Fleet Manager lists the instance as online', status: 'pass', notes: []},
    {id: 'endpoint-group', title: 'The endpoints allow the instance', status: 'pass', notes: []},
  ],
  causes: [],
  paths: [
    {
      service: 'ssm',
      host: 'ssm.eu-west-1.amazonaws.com',
      via: 'vpce-0a1b2c3d4e5f60031',
      verdict: 'open',
      hops: [
        {
          at: 'name',
          resource: 'vpce-0a1b2c3d4e5f60031',
          leg: 'instance',
          direction: 'request',
          verdict: 'open',
          because:
            'ssm.eu-west-1.amazonaws.com resolves to endpoint vpce-0a1b2c3d4e5f60031, because its private DNS is on.',
        },
      ],
    },
  ],
  checklist: [],
  verified: true,
  unreadable: [],
}

/** An endpoint whose security group allows no inbound traffic: one fault that blocks two services. */
export const shut: Report = {
  ...healthy,
  verdict: 'unmanaged',
  registration: {status: 'absent', lastPing: null, agentVersion: null, connected: null},
  checks: [
    healthy.checks[0]!,
    {id: 'endpoint-group', title: 'The endpoints allow the instance', status: 'fail', notes: []},
    {
      id: 'role-permissions',
      title: 'The role may register the node',
      status: 'unknown',
      notes: ['Roles were not read.'],
    },
    {id: 's3', title: 'S3 can be reached', status: 'skip', notes: ['Not asked.']},
  ],
  causes: [
    {
      id: 'endpoint.sg-blocks',
      severity: 'blocks',
      certainty: 'proven',
      check: 'endpoint-group',
      resource: 'sg-0a1b2c3d4e5f60041',
      message:
        'Security group sg-0a1b2c3d4e5f60041 of endpoint vpce-0a1b2c3d4e5f60031 does not allow tcp/443 from the instance.',
      evidence: [{fact: 'IpPermissions is empty.', source: 'ec2:DescribeSecurityGroups'}],
    },
  ],
  paths: ['ssm', 'ssmmessages'].map((service) => ({
    service,
    host: `${service}.eu-west-1.amazonaws.com`,
    via: 'vpce-0a1b2c3d4e5f60031',
    verdict: 'blocked' as const,
    hops: [
      healthy.paths[0]!.hops[0]!,
      {
        at: 'security-group' as const,
        resource: 'sg-0a1b2c3d4e5f60012',
        leg: 'instance' as const,
        direction: 'request' as const,
        verdict: 'open' as const,
        because: 'A rule lets tcp/443 out to 0.0.0.0/0.',
      },
      {
        at: 'endpoint-group' as const,
        resource: 'sg-0a1b2c3d4e5f60041',
        leg: 'endpoint' as const,
        direction: 'request' as const,
        verdict: 'blocked' as const,
        because:
          'Security group sg-0a1b2c3d4e5f60041 of vpce-0a1b2c3d4e5f600a1 does not allow inbound TCP 443 from 10.0.1.10.',
      },
      {
        at: 'network-acl' as const,
        resource: 'acl-0a1b2c3d4e5f60051',
        leg: 'instance' as const,
        direction: 'reply' as const,
        verdict: 'open' as const,
        because: 'Rule 100 allows all traffic in.',
      },
    ],
  })),
  checklist: [
    {
      part: 'fix',
      title: 'Let security group sg-0a1b2c3d4e5f60041 allow tcp/443 from sg-0a1b2c3d4e5f60012',
      causes: ['endpoint.sg-blocks'],
      commands: [
        "aws ec2 authorize-security-group-ingress --group-id sg-0a1b2c3d4e5f60041 --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-0a1b2c3d4e5f60012}]' --region eu-west-1",
      ],
      docs: DOCS,
      undo: ['aws ec2 revoke-security-group-ingress --group-id sg-0a1b2c3d4e5f60041 --region eu-west-1'],
      alternatives: [
        {
          title: 'Reach Systems Manager through a NAT gateway',
          commands: ['# more'],
          cost: 'by the hour',
          verified: true,
        },
      ],
    },
  ],
  verified: null,
  unreadable: [
    {kind: 'Roles', reason: 'AccessDenied: not authorized', permission: 'iam:GetRole'},
    {kind: 'TransitGatewayRouteTables', reason: 'Another account owns it.', permission: null},
  ],
}
