import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {find} from '../../src/model/joins.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {outcomeOf, withoutObservations} from '../../src/plan/outcome.ts'
import {applyPlan} from '../../src/plan/overlay/overlay.ts'
import type {ResourcePlan} from '../../src/plan/resource.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {REGION} from '../support/healthy.ts'
import {asAwsWould, hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'
import {applied, hasTerraform, planned, pluginFolder, workspace} from '../support/terraform.ts'
import {parametersFor, TEMPLATE} from './network-template.ts'
import {CLOSED_MODULE, network} from './networks.ts'

const plugins = hasTerraform() ? pluginFolder() : undefined
const isHere = plugins !== undefined && hasMoto()

it.runIf(!isHere)('Terraform, its AWS provider or moto is not installed: plans are tested by literals only', () => {
  process.stderr.write(
    'Skipped: plans against what Terraform applies; they take terraform, a provider for AWS and moto.\n',
  )
})

type Variables = Readonly<Record<string, string>>

/** One fault each, and the cause that the plan is expected to add to one of the two instances. Each follows the previous one. */
const VARIANTS: readonly (readonly [name: string, variables: Variables, cause: string | undefined])[] = [
  ['endpoints that only another network can use', {endpoint_source: '192.0.2.0/24'}, 'endpoint.sg-blocks'],
  ['no route to the internet', {egress: 'none'}, 'route.none'],
  ['a route to the internet gateway without a public address', {egress: 'internet'}, 'igw.no-public-ip'],
  ['replies denied by the network ACL', {replies: 'deny'}, 'nacl.ingress-ephemeral'],
  ['a group that allows another port', {group_port: '80'}, 'sg.no-egress-443'],
  ['a role without the permissions', {actions: 's3:GetObject'}, 'iam.no-registration-permission'],
  ['a role that EC2 cannot assume', {trusted: 'lambda.amazonaws.com'}, 'iam.trust-missing-ec2'],
  ['no endpoint for messages', {messages: 'false'}, 'endpoint.ssmmessages-missing'],
  ['a NAT gateway without a route', {nat_table: 'none'}, 'nat.subnet-no-igw'],
  ['no metadata service', {metadata: 'disabled'}, 'imds.disabled'],
  ['nothing broken', {}, undefined],
]

describe.skipIf(!isHere)(
  'a plan predicts the effect of applying it, and so does a template of the same network',
  () => {
    let moto: Awaited<ReturnType<typeof startMoto>>
    let folder: string
    let code: string

    beforeAll(async () => {
      moto = await startMoto()
      folder = workspace(plugins!)
      mkdirSync(join(folder, 'closed'))
      writeFileSync(join(folder, 'closed', 'main.tf'), CLOSED_MODULE)
      code = network(moto.direct, REGION)
    }, 120_000)
    afterAll(() => {
      moto?.stop()
      rmSync(folder, {recursive: true, force: true})
    })

    const planFor = (variables: Variables): ResourcePlan => terraformPlan('plan.json', planned(folder, code, variables))

    /** The same network as a template of CloudFormation, from nothing. */
    const ofTemplate = (variables: Variables) => {
      const plan = templatePlan(parseTemplate('network.yaml', TEMPLATE), {
        region: REGION,
        partition: 'aws',
        account: '123456789012',
        stackName: 'network',
        parameters: parametersFor(variables),
        physicalIds: new Map(),
      })
      const account = applyPlan(withoutObservations(emptyAccount(REGION, '2026-11-20T12:00:00.000Z')), plan)
      return {closed: causesOf(account, 'i-Closed'), private: causesOf(account, 'i-PrivateInstance')}
    }

    const built = async (variables: Variables) => {
      const made = applied(folder, code, variables)
      const aws = await connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})
      const account = asAwsWould(await collect(aws, [made.closed!, made.private!]), made.endpoints!)
      return {account, closed: made.closed!, private: made.private!}
    }

    const causesOf = (account: Account, id: string) => {
      const {causes} = outcomeOf(account, find(account.Instances, 'InstanceId', id)!)
      return [...new Set(causes.map((cause) => cause.id))].sort()
    }

    let before: Awaited<ReturnType<typeof built>>

    it('from nothing', async () => {
      const plan = planFor({})
      const account = applyPlan(withoutObservations(emptyAccount(REGION, '2026-11-20T12:00:00.000Z')), plan)
      const planned = itemsOf(account.Instances).map(({InstanceId}) => [
        InstanceId.slice(2),
        causesOf(account, InstanceId),
      ])
      before = await built({})
      const real = withoutObservations(before.account)
      expect(Object.fromEntries(planned)).toEqual({
        'aws_instance.closed': causesOf(real, before.closed),
        'aws_instance.private': causesOf(real, before.private),
      })
    }, 900_000)

    it.each(VARIANTS)(
      '%s',
      async (_, variables, cause) => {
        const plan = planFor(variables)
        const planned = withoutObservations(applyPlan(before.account, plan))
        const after = await built(variables)
        const real = withoutObservations(after.account)
        const predicted = {closed: causesOf(planned, before.closed), private: causesOf(planned, before.private)}
        before = after
        expect(predicted).toEqual({closed: causesOf(real, after.closed), private: causesOf(real, after.private)})
        expect(ofTemplate(variables)).toEqual(predicted)
        if (cause !== undefined) expect([...predicted.closed, ...predicted.private]).toContain(cause)
      },
      900_000,
    )
  },
)
