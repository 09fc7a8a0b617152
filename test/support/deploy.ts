import {readFileSync} from 'node:fs'
import {parse, type ScalarTag} from 'yaml'
import type {Template} from './cloudformation.ts'

const ROOT = new URL('../../', import.meta.url)

export interface DeployTemplate {
  readonly Parameters: Readonly<Record<string, {readonly Default?: string | number}>>
  readonly Resources: Template
}

/** `!Sub x` as `{"Fn::Sub": x}`, as CloudFormation reads it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const NAMES = ['Ref', 'Sub', 'GetAtt', 'If', 'Not', 'Equals'] as const
const longOf = (name: string): string => (name === 'Ref' ? name : `Fn::${name}`)

const tags = NAMES.flatMap((name) => [
  {
    tag: `!${name}`,
    resolve: (text: string) => ({[longOf(name)]: name === 'GetAtt' ? text.split('.') : text}),
  } satisfies ScalarTag,
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (items: {toJSON(): unknown}) => ({[longOf(name)]: items.toJSON()}),
  },
])

export const textOf = (file: string): string => readFileSync(new URL(`deploy/${file}`, ROOT), 'utf8')

export const templateIn = (text: string): DeployTemplate => parse(text, {customTags: tags as never})

/** As `aws cloudformation package` writes it: the file is uploaded. */
export const packaged = (text: string): string =>
  text.replaceAll('Code: lambda.zip', 'Code: {S3Bucket: artifacts, S3Key: lambda.zip}')

/** What `${…}` stands for in the definition of the state machine. */
const VALUES: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  Bucket: 'bucket',
  Concurrency: '20',
  Topic: 'arn:aws:sns:eu-west-1:111122223333:topic',
}

/** The state machine of the template, with ARNs instead of references. */
export function definitionIn(template: DeployTemplate): string {
  const properties: unknown = template.Resources.StateMachine?.Properties
  const {DefinitionString} = properties as {readonly DefinitionString: {readonly 'Fn::Sub': string}}
  return DefinitionString['Fn::Sub'].replaceAll(
    /\$\{([\w:.]+)\}/g,
    (_, name: string) => VALUES[name] ?? `arn:aws:lambda:eu-west-1:111122223333:function:${name.replace('.Arn', '')}`,
  )
}
