import {describe, expect, it} from 'vitest'
import type {Signal} from '../../../src/agent/output/signal.ts'
import {isFinding} from '../../../src/checks/check.ts'
import {controlContainer} from '../../../src/checks/node/control-container.ts'
import type {Account, Facts, Kind, VpcEndpoint} from '../../../src/model/account.ts'
import type {Path} from '../../../src/network/path.ts'
import {
  allow,
  aNode,
  anEndpoint,
  anInstance,
  aRole,
  healthy,
  healthyBehindNat,
  REGION,
  VPC,
  WEB,
} from '../../support/healthy.ts'
import {absent, causes, causesAfter, deny, findings, inline, roles, run} from '../identity/identity-accounts.ts'

const PULL = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
const bottlerocket: Partial<Account> = {
  InstanceImageMetadata: [
    {
      InstanceId: WEB,
      ImageMetadata: {Name: 'bottlerocket-aws-k8s-1.31-x86_64-v1.26.1-943d9a41', ImageOwnerAlias: 'amazon'},
    },
  ],
}
const withPull = roles(aRole({RolePolicyList: [inline('pull', allow(PULL))]}))

it('is skipped for another operating system', () => {
  expect(run(controlContainer)).toMatchObject([{skip: expect.any(String)}])
})

it('is skipped for a node that registered', () => {
  expect(causes(controlContainer, {...bottlerocket, InstanceInformationList: [aNode()]})).toEqual([])
})

it('was pulled where the agent in it wrote the log that was passed in, unless the log shows that it cannot be', () => {
  const line = (kind: Signal['kind']): Signal => ({kind, source: 'agent.log', line: 'x'})
  const causesWith = (...evidence: readonly Signal[]) =>
    controlContainer
      .run({...absent, ...bottlerocket} as Facts<Kind, Kind>, anInstance(), [], evidence)
      .filter(isFinding)
  for (const kind of ['agent-started', 'timeout', 'clock', 'reached'] as const)
    expect(causesWith(line(kind))).toEqual([])
  expect(causesWith(line('agent-started'), line('control-container'))).toHaveLength(1)
  expect(causesWith(line('other-instance'), line('disk-full'))).toHaveLength(1)
})

// https://github.com/bottlerocket-os/bottlerocket/blob/develop/README.md
describe('the role', () => {
  it('is likely the cause where it is not allowed to pull images', () => {
    expect(findings(controlContainer, bottlerocket)).toMatchObject([
      {cause: 'iam.bottlerocket-ecr', certainty: 'likely', resource: aRole().Arn},
    ])
  })

  it('is the cause if a Deny overrides the Allow, which no further Allow changes', () => {
    const role = aRole({RolePolicyList: [inline('pull', allow(PULL)), inline('no', deny('ecr:*'))]})
    expect(findings(controlContainer, {...bottlerocket, ...roles(role)})).toMatchObject([
      {remedies: [{title: expect.stringContaining('from statement 1 of inline policy no of role web')}]},
    ])
  })

  it('is not where it is allowed', () => {
    expect(causes(controlContainer, {...bottlerocket, ...withPull})).toEqual([])
  })

  it('is not where its policies could not be read', () => {
    const role = aRole({
      AttachedManagedPolicies: [
        {PolicyName: 'AmazonEC2ContainerRegistryReadOnly', PolicyArn: 'arn:aws:iam::aws:policy/unread'},
      ],
    })
    expect(causes(controlContainer, {...bottlerocket, ...roles(role)})).toEqual([])
  })

  it('is fixed by either remedy', () => {
    expect(causesAfter(controlContainer, bottlerocket)).toEqual([
      {title: 'Attach AmazonEC2ContainerRegistryPullOnly to role web', left: []},
      {title: 'Allow role web exactly the 3 actions that are missing', left: []},
    ])
  })
})

describe('the network', () => {
  const names = ['ssm', 'ecr.api', 'ecr.dkr'].map((service) => `com.amazonaws.${REGION}.${service}`)
  const endpoints = (...services: readonly string[]): readonly VpcEndpoint[] =>
    services.map((service, i) => anEndpoint(service, i + 1))
  const through = (via: string | null): readonly Path[] => [
    {service: 'ssm', host: `ssm.${REGION}.amazonaws.com`, via, verdict: 'open', hops: []} as unknown as Path,
  ]
  const account = (...services: readonly string[]): Partial<Account> => ({
    ...bottlerocket,
    ...withPull,
    ServiceNames: names,
    VpcEndpoints: endpoints(...services),
  })
  const [ssm] = endpoints('ssm')

  it('is likely the cause where it has endpoints for Systems Manager alone', () => {
    expect(findings(controlContainer, account('ssm'), through(ssm!.VpcEndpointId))).toMatchObject([
      {cause: 'iam.bottlerocket-ecr', certainty: 'likely', resource: VPC},
    ])
  })

  it('is fixed by endpoints for both services of Amazon ECR', () => {
    const change = {...account('ssm'), ServiceNames: names}
    expect(causesAfter(controlContainer, change, through(ssm!.VpcEndpointId))).toEqual([
      {title: expect.stringMatching(/^Create endpoints for \S+\.ecr\.api and \S+\.ecr\.dkr like vpce-/), left: []},
    ])
  })

  it('is likely the cause where the collected names of services do not list Amazon ECR', () => {
    const change = {...account('ssm'), ServiceNames: names.slice(0, 1)}
    expect(causes(controlContainer, change, through(ssm!.VpcEndpointId))).toEqual(['iam.bottlerocket-ecr'])
  })

  it.each([
    ['it has endpoints for Amazon ECR', account('ssm', 'ecr.api', 'ecr.dkr'), ssm!.VpcEndpointId],
    ['it reaches the internet', account('ssm'), 'nat-0aaaaaaaaaaaaaa01'],
    ['it reaches the internet beside the endpoints', {...healthyBehindNat, ...account('ssm')}, ssm!.VpcEndpointId],
    ['the endpoints could not be read', {...account('ssm'), VpcEndpoints: {unreadable: 'no'}}, ssm!.VpcEndpointId],
  ])('is not where %s', (_, change, via) => {
    expect(causes(controlContainer, {...healthy, InstanceInformationList: [], ...change}, through(via))).toEqual([])
  })
})
