import type {Context, Instance, InstanceNetworkInterface} from './account.ts'

/** The account that an instance is in; that of its subnet may be another one. Where no owner is listed, the caller's. */
export const accountIdOf = (
  {Caller}: Pick<Context, 'Caller'>,
  {OwnerId, NetworkInterfaces}: Instance,
): string | undefined => OwnerId ?? NetworkInterfaces[0]?.OwnerId ?? Caller?.Account

export const nameOf = ({
  Tags,
}: {
  readonly Tags?: readonly {readonly Key?: string | undefined; readonly Value?: string | undefined}[] | undefined
}) => Tags?.find(({Key}) => Key === 'Name')?.Value

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const STATES = new Set(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'])

/** Whether an instance runs in a state that AWS adds, or that is missing from an account file, is not known. */
export const isStateKnown = ({State}: Pick<Instance, 'State'>): boolean => STATES.has(State.Name ?? '')

/** The id of the instance that a preflight launches. AWS never assigns it, so no command contains it. */
export const PREFLIGHT_INSTANCE = 'preflight'

/** What a sentence calls an instance: by its id, unless it is not launched yet. */
export const called = ({InstanceId}: Pick<Instance, 'InstanceId'>): string =>
  InstanceId === PREFLIGHT_INSTANCE ? 'the instance' : InstanceId

/** The same at the start of a sentence. */
export const calledFirst = ({InstanceId}: Pick<Instance, 'InstanceId'>): string =>
  InstanceId === PREFLIGHT_INSTANCE ? 'The instance' : InstanceId

export const isWindows = ({Platform, PlatformDetails}: Instance): boolean =>
  Platform?.toLowerCase() === 'windows' || (PlatformDetails ?? '').startsWith('Windows')

/**
 * The service that operates the instance, if it allows no login and no software to be installed.
 * https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-shared-model-managed-instances.html
 */
export const withoutAgentBy = ({Operator}: Pick<Instance, 'Operator'>): string | undefined =>
  Operator?.Managed ? WITHOUT_AGENT.get(Operator.Principal ?? '') : undefined

const WITHOUT_AGENT: ReadonlyMap<string, string> = new Map([
  ['eks.amazonaws.com', 'EKS Auto Mode'],
  ['ecs.amazonaws.com', 'ECS Managed Instances'],
])

/** Only Mac instances run macOS. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-mac-instances.html */
export const isMac = ({InstanceType}: Instance): boolean => /^mac[\d-]/.test(InstanceType ?? '')

export const isMetadataDisabled = ({MetadataOptions}: Pick<Instance, 'MetadataOptions'>): boolean =>
  MetadataOptions?.HttpEndpoint === 'disabled'

/**
 * The interface with the default route of an unmodified operating system: device 0 of card 0.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
 */
export const primaryInterfaceOf = ({NetworkInterfaces}: Instance): InstanceNetworkInterface | undefined =>
  NetworkInterfaces.find(
    ({Attachment}) => (Attachment?.DeviceIndex ?? 0) === 0 && (Attachment?.NetworkCardIndex ?? 0) === 0,
  ) ?? NetworkInterfaces[0]

/** The subnet from which the instance sends. */
export const subnetIdOf = (instance: Instance): string | undefined =>
  primaryInterfaceOf(instance)?.SubnetId ?? instance.SubnetId

/** The security groups of an interface; by default of the primary one, whose groups filter the agent's packets. */
export const groupIdsOf = (instance: Instance, eni = primaryInterfaceOf(instance)): readonly string[] =>
  (eni?.Groups ?? instance.SecurityGroups).flatMap(({GroupId}) => GroupId ?? [])

/** The instance with other groups of one interface, by default of the primary one, whose groups are its own. */
export const withGroups = (
  instance: Instance,
  Groups: Instance['SecurityGroups'],
  eni = primaryInterfaceOf(instance),
): Instance => ({
  ...instance,
  ...(eni === primaryInterfaceOf(instance) && {SecurityGroups: Groups}),
  NetworkInterfaces: instance.NetworkInterfaces.map((one) => (one === eni ? {...one, Groups} : one)),
})
