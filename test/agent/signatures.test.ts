import {expect, it} from 'vitest'
import type {SignalKind} from '../../src/agent/signal.ts'
import {recognize} from '../../src/agent/signatures.ts'

const WORDINGS: Readonly<Partial<Record<SignalKind, readonly string[]>>> = {
  'agent-started': ['Amazon SSM Agent v3.3.3270.0 is running', 'Starting Agent: amazon-ssm-agent - v3.1.1732.0'],
  connected: [
    'Successfully connected with instance profile role credentials',
    'Successfully connected with Systems Manager role credentials',
    'Next credential rotation will be in 29.99 minutes',
    'Successfully opened websocket connection to: ssmmessages',
    'Set up control channel successfully',
  ],
  reached: ['EC2 registration was successful'],
  'hybrid-registration': ['Agent will take identity from OnPrem', '[OnPremCredsProvider] retrieving'],
  fingerprint: [
    'MachineFingerprintDoesNotMatch',
    'machine fingerprint changed',
    'Fingerprint has changed',
    'Fingerprint does not match',
    "Fingerprint doesn't match",
    'fingerprint doesn’t match',
  ],
  'activation-rejected': [
    'ERROR Registration failed due to error registering the instance with AWS SSM. ActivationExpired: ',
    'ERROR Registration failed due to error registering the instance with AWS SSM. InvalidActivation: ',
  ],
  'control-container': [
    'host-containers@control: failed to pull it',
    'host-ctr: Failed to fetch it',
    'control container: pull access denied',
    'host-ctr: no basic auth credentials',
  ],
  'credentials-rejected': [
    'ExpiredTokenException: expired',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'The security token included in the request is expired',
    'The security token included in the request is invalid',
    'shared credentials are already expired',
  ],
  'agent-ended': [
    'amazon-ssm-agent got signal:terminated',
    'amazon-ssm-agent got signal: terminated',
    'INFO Got signal:terminated value:0x634078',
    '[amazon-ssm-agent] Bye.',
  ],
  'logs-unencrypted': [
    "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group.",
    'because we are unable to validate encryption on Amazon S3 bucket',
  ],
  'no-identity': ['ERROR failed to find identity, retrying: failed to find agent identity'],
  'too-many-files': ['Too many open files'],
  throttled: ['ThrottlingException', 'Rate exceeded', 'Unable to process due to throttling'],
  'unknown-instance': ['Not existing InstanceId'],
  'channel-closed': ['websocket: close 1006 (abnormal closure)', 'websocket: bad handshake'],
  sysprep: ['IMAGE_STATE_UNDEPLOYABLE', "Stopping SSM agent because sysprep hasn't completed"],
  'run-as-user': [
    'Unable to start shell: failed to start pty since RunAs user ubuntu does not exist',
    'Unable to start command: please set the RunAs default user',
  ],
  'plugin-missing': ['Plugin with name Standard_Stream not found'],
  'host-management-off': ['instance management role is not configured for account: 1'],
  'not-registered': ['ec2 instance not yet registered with Systems Manager'],
  'access-denied': [
    'CreateControlChannel failed with error: AccessDenied',
    'CreateDataChannel failed with error: AccessDenied',
    'createControlChannel request failed: UnauthorizedRequest',
    'createDataChannel request failed: Unauthorized request.',
    'createDataChannel request failed: Request is not authenticated.',
    'GetBucketEncryption: AccessDenied',
    'AccessDeniedException',
    'AuthorizationFailureException',
  ],
  'proxy-failed': [
    'proxyconnect tcp: EOF',
    'failed to connect to http proxy with status code 403',
    'status: 407 Proxy Authentication Required',
    'Post "https://ssm.us-east-1.amazonaws.com/": Forbidden',
    'Get "https://s3.us-east-1.amazonaws.com/x": Forbidden</error>',
    'Put "https://s3.us-east-1.amazonaws.com/x": Forbidden"}',
    'Post https://ssm.us-east-1.amazonaws.com/: Bad Gateway\\n',
    'Post "https://ssm.us-east-1.amazonaws.com/": Gateway Time-out.',
  ],
  'no-role': [
    'no EC2 instance role found',
    'EC2RoleRequestError: x',
    'AssumeRoleUnauthorizedAccess',
    'NoCredentialProviders: no valid providers in chain',
  ],
  metadata: [
    'dial tcp 169.254.169.254:80: i/o timeout',
    'dial tcp [fd00:ec2::254]:80: i/o timeout',
    'Get "http://169.254.169.254/latest/": context deadline exceeded',
    'Put "http://[fd00:ec2::254]/latest/api/token": context deadline exceeded',
    'Data from vault is empty.RequestError: send request failed caused by: Get http://169.254.169.254/latest/meta-data/instance-id',
    'EC2MetadataError: failed',
    'Failed to get instance info from IMDS',
    'Waiting for meta-data accessibility...',
    'Waiting for access to metadata...',
    'Timed out waiting for access to metadata.',
    'Metadata is not available for this instance.',
    "Giving up on md from ['http://169.254.169.254/x'] after 124 seconds",
  ],
  hibernating: [
    'Entering SSM Agent hibernate - x',
    'Agent is in hibernate mode',
    'Backing off health check to every 600 seconds',
    'Sleeping for 1h2m3s before retrying retrieve credentials',
    'Sleeping for 29m27.5s before retrying retrieve credentials',
  ],
  'proxy-exempt': ['no_proxy: 169.254.169.254', 'NO_PROXY=localhost,169.254.169.254'],
  'proxy-set': ['http_proxy: 10.0.9.9:3128', 'HTTPS_PROXY=http://10.0.9.9:3128'],
  'disk-full': ['No space left on device'],
  'out-of-memory': [
    'Out of memory: Killed process 7',
    'Out of memory: kill process 7',
    'oom-kill:constraint=CONSTRAINT_NONE',
    'amazon-ssm-agent.service: A process of this unit has been killed by the OOM killer.',
  ],
  halted: ['[ 9000.2] reboot: System halted'],
  'file-system': [
    'EXT4-fs error (device xvda1)',
    'XFS (nvme0n1p1): Corruption detected',
    'open /x: read-only file system',
    'Remounting filesystem read-only',
    'I/O error, dev sda, sector 1',
    'I/O error, dev xvda, sector 1',
    'I/O error, dev nvme0n1, sector 1',
  ],
}

it.each(Object.entries(WORDINGS).flatMap(([kind, lines]) => lines.map((line) => [line, kind] as const)))(
  '%s shows %s and nothing else',
  (line, kind) => expect([...new Set(recognize(line).map((found) => found.kind))]).toEqual([kind]),
)

it.each([
  'https://ssm.us-east-1.amazonaws.com/x',
  'http://ssm.us-east-1.amazonaws.com/x',
  'wss://ssm.us-east-1.amazonaws.com/x',
])('reads the host and its service in %s', (url) =>
  expect(recognize(`Rate exceeded ${url}`)).toMatchObject([{host: 'ssm.us-east-1.amazonaws.com', service: 'ssm'}]),
)
