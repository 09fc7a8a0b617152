import {rmSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/client/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import type {Report} from '../../src/diagnosis/report.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {find} from '../../src/model/lists.ts'
import {parseTemplate} from '../../src/plan/cloudformation/parse-template.ts'
import {templatePlan} from '../../src/plan/cloudformation/read-template.ts'
import {emptyAccount} from '../../src/plan/empty-account.ts'
import {outcomeOf, withoutObservations} from '../../src/plan/outcome.ts'
import {applyResources} from '../../src/plan/overlay/overlay.ts'
import {terraformPlan} from '../../src/plan/terraform/read-plan.ts'
import {REGION} from '../support/healthy.ts'
import {asAwsWould, hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'
import {LIMITS} from '../support/programs.ts'
import {appliedPlan, hasTerraform, planned, pluginFolder, workspace} from '../support/terraform.ts'
import {parametersFor, TEMPLATE} from './network-template.ts'
import {filesOf} from './networks.ts'

const plugins = hasTerraform() ? pluginFolder() : undefined
const isHere = plugins !== undefined && hasMoto()

it.runIf(!isHere)('Terraform, its AWS provider or moto is not installed: plans are tested by literals only', () => {
  process.stderr.write(
    'Skipped: plans against what Terraform applies; they take terraform, a provider for AWS and moto.\n',
  )
})

type Variables = Readonly<Record<string, string>>

/** One fault each, and the cause that the plan is expected to add to one of the two instances. */
const FAULTS: readonly (readonly [name: string, variables: Variables, cause: string | undefined])[] = [
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

/** A network for each change from one fault to the next, all of them in one plan. */
const CHANGES = FAULTS.map(([name, after, cause], at) => {
  const [, before] = FAULTS.at(at - 1)!
  return {name, before, after, cause, network: `n${at}`}
})
const situations = (of: 'before' | 'after') => ({
  situations: Object.fromEntries(CHANGES.map((change) => [change.network, change[of]])),
})

interface Made {
  readonly closed: string
  readonly private: string
  readonly endpoints: {readonly group: string; readonly vpc: string}
}
type Networks = Readonly<Record<string, Made>>

const causesOf = (account: Account, id: string) => {
  const {causes} = outcomeOf(account, find(account.Instances, 'InstanceId', id)!)
  return [...new Set(causes.map((cause) => cause.id))].sort()
}
const causesOfBoth = (account: Account, ids: Pick<Made, 'closed' | 'private'>) => ({
  closed: causesOf(account, ids.closed),
  private: causesOf(account, ids.private),
})

const nothing = withoutObservations(emptyAccount(REGION, '2026-11-20T12:00:00.000Z'))

/** The same network as a template of CloudFormation, from nothing. */
function ofTemplate(variables: Variables) {
  const plan = templatePlan(parseTemplate('network.yaml', TEMPLATE), {
    region: REGION,
    partition: 'aws',
    account: '123456789012',
    stackName: 'network',
    parameters: parametersFor(variables),
    physicalIds: new Map(),
  })
  return causesOfBoth(applyResources(nothing, plan.resources), {closed: 'i-Closed', private: 'i-PrivateInstance'})
}

describe.skipIf(!isHere)(
  'a plan predicts the effect of applying it, and so does a template of the same network',
  () => {
    let moto: Awaited<ReturnType<typeof startMoto>>
    let folder: string

    beforeAll(async () => {
      moto = await startMoto()
      folder = workspace(plugins!, filesOf(moto.direct, REGION))
    })
    afterAll(() => {
      moto?.stop()
      rmSync(folder, {recursive: true, force: true})
    })

    const planFor = (of: 'before' | 'after') => terraformPlan('plan.json', planned(folder, situations(of)))

    async function built() {
      const networks = appliedPlan(folder).networks?.value as Networks
      const made = Object.values(networks)
      const aws = await connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})
      const ids = made.flatMap((one) => [one.closed, one.private])
      const groups = new Map(made.map(({endpoints}) => [endpoints.vpc, endpoints.group]))
      const account = asAwsWould(await collect(aws, ids), (vpc = '') => groups.get(vpc) ?? '')
      return {account, networks}
    }

    let before: Awaited<ReturnType<typeof built>>
    let after: typeof before
    let predicted: Account

    it('with an instance in each of its networks', () => {
      predicted = applyResources(nothing, planFor('before').resources)
      expect(itemsOf(predicted.Instances)).toHaveLength(2 * FAULTS.length)
    })

    it(
      'from nothing',
      async () => {
        before = await built()
        const real = withoutObservations(before.account)
        for (const {network} of CHANGES) {
          const place = `i-module.network["${network}"].aws_instance`
          const expected = causesOfBoth(predicted, {closed: `${place}.closed`, private: `${place}.private`})
          expect([network, expected]).toEqual([network, causesOfBoth(real, before.networks[network]!)])
        }
      },
      LIMITS.terraformApply,
    )

    describe('what Terraform built, read over HTTP,', () => {
      const blocking = ({causes}: Report) =>
        causes.filter(({severity, check}) => severity === 'blocks' && check !== 'agent').map(({id}) => id)
      const seen = (variables: Variables) => {
        const {network} = CHANGES.find((change) => JSON.stringify(change.before) === JSON.stringify(variables))!
        const {closed, private: behindNat, endpoints} = before.networks[network]!
        return {closed: examine(before.account, closed), behindNat: examine(before.account, behindNat), endpoints}
      }

      it('routes to the endpoints, and through the NAT gateway', () => {
        const {closed, behindNat} = seen({})
        expect([blocking(closed), blocking(behindNat)]).toEqual([[], []])
        expect(closed.paths.find(({service}) => service === 'ssm')?.via).toMatch(/^vpce-/)
        expect(behindNat.paths.find(({service}) => service === 'ssm')?.via).toMatch(/^nat-/)
        // Nothing in the code routes to S3 from the closed subnet.
        const stopped = [closed, behindNat].map(({paths}) =>
          paths.filter(({hops}) => hops.some(({verdict}) => verdict === 'blocked')).map(({service}) => service),
        )
        expect(stopped).toEqual([['s3'], []])
      })

      it('is found broken where it is, and nowhere else', () => {
        const foreign = seen({endpoint_source: '192.0.2.0/24'})
        expect(foreign.closed.causes).toContainEqual(
          expect.objectContaining({id: 'endpoint.sg-blocks', resource: foreign.endpoints.group}),
        )
        expect(blocking(foreign.behindNat)).toEqual([])
        const internet = seen({egress: 'internet'})
        expect([blocking(internet.closed), blocking(internet.behindNat)]).toEqual([[], ['igw.no-public-ip']])
        const none = seen({egress: 'none'})
        expect([blocking(none.closed), blocking(none.behindNat)]).toEqual([[], ['route.none']])
      })
    })

    it('from each situation to the next', () => {
      predicted = withoutObservations(applyResources(before.account, planFor('after').resources))
      expect(itemsOf(predicted.Instances)).toHaveLength(2 * FAULTS.length)
    })

    it(
      'without replacing an instance',
      async () => {
        after = await built()
        expect(after.networks).toEqual(before.networks)
      },
      LIMITS.terraformApply,
    )

    it.each(CHANGES)('$name', ({network, after: variables, cause}) => {
      const expected = causesOfBoth(predicted, before.networks[network]!)
      expect(expected).toEqual(causesOfBoth(withoutObservations(after.account), after.networks[network]!))
      expect(ofTemplate(variables)).toEqual(expected)
      if (cause !== undefined) expect([...expected.closed, ...expected.private]).toContain(cause)
    })
  },
)
