import {GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client} from '@aws-sdk/client-s3'
import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  InvalidInputException,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub'
import {PublishCommand, SNSClient} from '@aws-sdk/client-sns'
import {fromTemporaryCredentials} from '@aws-sdk/credential-providers'
import {guard} from '../collect/client/allowed-calls.ts'
import {whyNot} from '../collect/client/errors.ts'
import {paginate} from '../collect/client/paginate.ts'
import {inChunks} from '../util/chunks.ts'
import {textFrom} from './environment.ts'

/**
 * What the functions do in addition to reading accounts, by client: store results in their bucket, send the summary and
 * import findings. The command line is built without this folder.
 */
export const WRITES: Readonly<Record<string, readonly string[]>> = {
  S3Client: ['GetObject', 'ListObjectsV2', 'PutObject'],
  SNSClient: ['Publish'],
  SecurityHubClient: ['BatchImportFindings'],
}

/** The one credential call, for the findings alone. */
const ASSUMES: Readonly<Record<string, readonly string[]>> = {STSClient: ['AssumeRole']}

/** Lost responses cost seconds, and a part that cannot be written fails the function. */
const PATIENCE = {
  maxAttempts: 6,
  retryMode: 'standard',
  requestHandler: {connectionTimeout: 3000, requestTimeout: 60_000, throwOnRequestTimeout: true},
} as const

/** The objects of a bucket. */
export interface Store {
  /** Undefined where there is none. */
  readonly read: (key: string) => Promise<string | undefined>
  readonly write: (key: string, body: string | Uint8Array, type?: string) => Promise<void>
  readonly keysUnder: (prefix: string) => Promise<readonly string[]>
}

/**
 * S3 returns an object completely or not at all.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
export function storeIn(Bucket: string): Store {
  const s3 = new S3Client(PATIENCE)
  s3.middlewareStack.use(guard(WRITES) as never)
  return {
    read: async (Key) => {
      try {
        const {Body} = await s3.send(new GetObjectCommand({Bucket, Key}))
        return await Body?.transformToString()
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
    write: async (Key, Body, ContentType = 'application/json') => {
      await s3.send(new PutObjectCommand({Bucket, Key, Body, ContentType}))
    },
    keysUnder: (Prefix) =>
      paginate(async (ContinuationToken) => {
        const answer = await s3.send(new ListObjectsV2Command({Bucket, Prefix, ContinuationToken}))
        return {items: (answer.Contents ?? []).flatMap(({Key}) => Key ?? []), next: answer.NextContinuationToken}
      }),
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export async function publish(TopicArn: string, Subject: string, Message: string): Promise<void> {
  const sns = new SNSClient(PATIENCE)
  sns.middlewareStack.use(guard(WRITES) as never)
  await sns.send(new PublishCommand({TopicArn, Subject, Message}))
}

/** A role in the account whose findings are imported. */
export interface MemberRole {
  readonly roleArn: string
  readonly externalId?: string | undefined
}

/** How many of the findings Security Hub accepted, and why not the first of the others; it throws if no batch can be. */
export interface Imported {
  readonly taken: number
  readonly why?: string | undefined
}
type Import = (region: string, findings: readonly object[]) => Promise<Imported>

/** A hundred at a time. https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html */
const MAX_FINDINGS = 100

/**
 * The role is assumed in the Region of the function: the Region of the findings may be one that the account of the
 * function has not enabled. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export function importerAs({roleArn, externalId}: MemberRole): Import {
  const credentials = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: 'ssm-doctor-findings',
      ...(externalId !== undefined && {ExternalId: externalId}),
    },
    clientPlugins: [guard(ASSUMES)] as never,
    clientConfig: {...PATIENCE, region: textFrom('AWS_REGION')},
  })
  return async (region, findings) => {
    const hub = new SecurityHubClient({...PATIENCE, region, credentials})
    hub.middlewareStack.use(guard(WRITES) as never)
    const batches: Imported[] = []
    for (const batch of inChunks(findings as readonly AwsSecurityFinding[], MAX_FINDINGS))
      batches.push(await importBatch(hub, batch))
    return {
      taken: batches.reduce((sum, {taken}) => sum + taken, 0),
      why: batches.find(({why}) => why !== undefined)?.why,
    }
  }
}

/** A finding may be rejected alone, or, as `InvalidInputException`, with its batch. */
async function importBatch(hub: SecurityHubClient, Findings: AwsSecurityFinding[]): Promise<Imported> {
  try {
    const {SuccessCount = 0, FailedFindings: [failed] = []} = await hub.send(new BatchImportFindingsCommand({Findings}))
    return {taken: SuccessCount, ...(failed && {why: `${failed.ErrorCode}: ${failed.ErrorMessage}`})}
  } catch (error) {
    if (!(error instanceof InvalidInputException)) throw error
    return {taken: 0, why: whyNot(error)}
  }
}
