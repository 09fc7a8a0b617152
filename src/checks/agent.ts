import type {Facts, Instance} from '../account/account.ts'
import {find} from '../account/joins.ts'
import {commandsFor} from '../agent/commands.ts'
import {carriesAgent, imageNameOf} from '../agent/image.ts'
import {installCommands} from '../agent/install.ts'
import {nodeOf, systemOf} from '../agent/node.ts'
import {typeOnInstance} from '../remedies/type-on-instance.ts'
import {defineCheck, type Finding} from './check.ts'

type AgentFacts = Facts<never, 'InstanceInformationList' | 'InstanceImageMetadata' | 'ConsoleOutputs'>

const PREINSTALLED = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html'
const TROUBLESHOOTING = 'https://docs.aws.amazon.com/systems-manager/latest/userguide/troubleshooting-ssm-agent.html'

/** What is left when nothing that AWS's API shows stands in the way: the agent itself. */
export const agent = defineCheck({
  id: 'agent',
  title: 'The agent is installed and running',
  why: 'Without a running agent nothing on the instance calls Systems Manager.',
  causes: {
    'os.agent-not-installed': {title: 'a missing agent', severity: 'blocks', docs: PREINSTALLED},
    'os.agent-not-running': {title: 'an agent that does not run', severity: 'blocks', docs: TROUBLESHOOTING},
  },
  residual: true,
  needs: [],
  wishes: ['InstanceInformationList', 'InstanceImageMetadata', 'ConsoleOutputs'],
  run: (facts, instance) => [wasSeen(facts, instance) ? notRunning(facts, instance) : notInstalled(facts, instance)],
})

/** The image carries it, Systems Manager has met it, or it announced itself on the console. */
const wasSeen = (facts: AgentFacts, instance: Instance): boolean =>
  carriesAgent(facts, instance) === 'yes' || nodeOf(facts, instance) !== undefined || announced(facts, instance)

const announced = ({ConsoleOutputs}: AgentFacts, {InstanceId}: Instance): boolean =>
  /Amazon SSM Agent v\d/.test(find(ConsoleOutputs, 'InstanceId', InstanceId)?.Output ?? '')

const NOTHING_ELSE = 'No fault of network, permissions or identity is left'

function notRunning(facts: AgentFacts, instance: Instance): Finding {
  const {status, start, log} = commandsFor(facts, instance)
  return {
    cause: 'os.agent-not-running',
    certainty: 'likely',
    resource: instance.InstanceId,
    message: `${NOTHING_ELSE}, and the agent has been on ${instance.InstanceId}, so it most likely does not run.`,
    evidence: [imageEvidence(facts, instance)],
    remedies: [
      typeOnInstance(`Start SSM Agent on ${instance.InstanceId}`, [status, start, log], {docs: TROUBLESHOOTING}),
    ],
  }
}

const notInstalled = (facts: AgentFacts, instance: Instance): Finding => ({
  cause: 'os.agent-not-installed',
  certainty: 'likely',
  resource: instance.InstanceId,
  message: `${NOTHING_ELSE}, and ${imageWords(facts, instance)}, so the agent is most likely not installed on ${instance.InstanceId}.`,
  evidence: [imageEvidence(facts, instance)],
  remedies: [
    typeOnInstance(`Install SSM Agent on ${instance.InstanceId}`, [...installCommands(facts, instance)], {
      docs: PREINSTALLED,
    }),
  ],
})

function imageWords(facts: AgentFacts, instance: Instance): string {
  const name = imageNameOf(facts, instance) ?? instance.ImageId ?? 'its image'
  return carriesAgent(facts, instance) === 'no'
    ? `image ${name} comes without the agent`
    : `image ${name} is not known to carry the agent`
}

const imageEvidence = (facts: AgentFacts, instance: Instance) => ({
  fact: `Image ${imageNameOf(facts, instance) ?? instance.ImageId ?? 'unknown'}, ${systemOf(facts, instance)}`,
  source: 'ec2:DescribeInstanceImageMetadata',
})
