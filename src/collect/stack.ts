import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import {usageError} from '../util/usage-error.ts'
import type {Aws} from './client/aws.ts'
import {pagesOf, send} from './client/calls.ts'
import {accessError, cameFromAws, messageOf, reasonOf} from './client/errors.ts'
import {required} from './client/paginate.ts'

/** A stack as CloudFormation has it now. */
export interface DeployedStack {
  readonly template: string
  readonly parameters: Readonly<Record<string, string>>
  readonly physicalIds: ReadonlyMap<string, string>
  /** The stacks that are nested in it, by logical id. */
  readonly nested: ReadonlyMap<string, DeployedStack>
}

/**
 * The template with its transforms applied, the values of its parameters, and the ids of its resources; the same of the
 * stacks that are nested in it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export async function readStack(aws: Aws, StackName: string): Promise<DeployedStack> {
  const readStackCall = <T>(operation: string, request: () => Promise<T>) =>
    orRefusal(operation, aws.region, StackName, request)
  const [stack, template, resources] = await Promise.all([
    readStackCall('DescribeStacks', async () => {
      const {Stacks} = await send(aws, CloudFormationClient, new DescribeStacksCommand({StackName}))
      return required(Stacks?.[0], 'stack')
    }),
    readStackCall('GetTemplate', async () => {
      const read = new GetTemplateCommand({StackName, TemplateStage: 'Processed'})
      return required((await send(aws, CloudFormationClient, read)).TemplateBody, 'template')
    }),
    readStackCall('ListStackResources', () => resourcesOf(aws, {StackName})),
  ])
  const existing = resources.flatMap(({LogicalResourceId: logicalId, PhysicalResourceId: id, ...rest}) =>
    logicalId && id && rest.ResourceStatus !== 'DELETE_COMPLETE' ? [{logicalId, id, type: rest.ResourceType}] : [],
  )
  const nested = new Map<string, DeployedStack>()
  for (const {logicalId, id, type} of existing)
    if (type === 'AWS::CloudFormation::Stack') nested.set(logicalId, await readStack(aws, id))
  return {
    template,
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).flatMap(({ParameterKey, ParameterValue}) =>
        ParameterKey === undefined || ParameterValue === undefined ? [] : [[ParameterKey, ParameterValue]],
      ),
    ),
    physicalIds: new Map(existing.map(({logicalId, id}) => [logicalId, id])),
    nested,
  }
}

const resourcesOf = pagesOf(CloudFormationClient, ListStackResourcesCommand, 'StackResourceSummaries')

async function orRefusal<T>(operation: string, region: string, name: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!cameFromAws(error)) throw error
    if (/does not exist/.test(messageOf(error)))
      throw usageError(
        `Stack ${name} does not exist in ${region}; without --stack the template is examined as a new stack.`,
      )
    throw accessError(`Stack ${name} cannot be read: ${reasonOf(error, `cloudformation:${operation}`)}.`, error)
  }
}
