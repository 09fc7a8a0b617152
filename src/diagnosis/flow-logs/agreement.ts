import type {FlowResult, Shown} from '../../flow-logs/evaluate.ts'
import type {Hop, Path} from '../../network/path.ts'
import type {Agreement, FlowComparison} from './comparison.ts'

export type Touched = Pick<FlowComparison, 'confirmed' | 'contradicted' | 'undetermined'>

const isFilter = ({at}: Hop): boolean => at === 'security-group' || at === 'network-acl'
const isOwn = ({leg}: Hop): boolean => leg === 'instance'
const isRequest = ({direction}: Hop): boolean => direction === 'request'
/** Causes that packets do not show. */
const isBeyondPackets = ({at}: Hop): boolean => at === 'endpoint-policy' || at === 'name'
const isTracking = ({at, fault}: Hop): boolean =>
  at === 'security-group' || at === 'endpoint-group' || fault?.cause === 'nat-instance.sg'
const isBlockPublicAccess = ({fault}: Hop): boolean => fault?.cause.startsWith('bpa.') === true

interface Rule {
  readonly confirms: (hop: Hop) => boolean
  readonly contradicts: (hop: Hop) => boolean
}

const NOTHING: Rule = {confirms: () => false, contradicts: () => false}

/** The hops that a row of the log is about, at the interface of the instance. */
const AT_INSTANCE: Readonly<Record<Shown, Rule>> = {
  'request-rejected': {confirms: (hop) => isOwn(hop) && isFilter(hop) && isRequest(hop), contradicts: () => false},
  'reply-rejected': {
    confirms: (hop) => isOwn(hop) && hop.at === 'network-acl' && !isRequest(hop),
    contradicts: (hop) => isRequest(hop) || !isOwn(hop),
  },
  'no-reply': {
    confirms: (hop) => !(isOwn(hop) && isFilter(hop)),
    contradicts: (hop) => isOwn(hop) && isFilter(hop) && isRequest(hop),
  },
  'both-accepted': {confirms: () => false, contradicts: () => true},
  mixed: {confirms: ({verdict}) => verdict === 'partly', contradicts: () => false},
  'not-tried': NOTHING,
  'not-logged': NOTHING,
  undecided: NOTHING,
}

const isOfEndpoint = ({leg, at}: Hop): boolean => leg === 'endpoint' || at === 'endpoint-group'
const isEndpointFilter = (hop: Hop): boolean =>
  hop.at === 'endpoint-group' || (hop.leg === 'endpoint' && hop.at === 'network-acl')

/** The same at the interface of the endpoint. */
const AT_ENDPOINT: Readonly<Record<Shown, Rule>> = {
  ...AT_INSTANCE,
  'request-rejected': {
    confirms: (hop) => isEndpointFilter(hop) && isRequest(hop),
    contradicts: (hop) => !isOfEndpoint(hop) && isRequest(hop),
  },
  'reply-rejected': {
    confirms: (hop) => hop.leg === 'endpoint' && hop.at === 'network-acl' && !isRequest(hop),
    contradicts: isRequest,
  },
  'no-reply': {confirms: () => false, contradicts: isRequest},
  'both-accepted': {confirms: () => false, contradicts: (hop) => isRequest(hop) || isOfEndpoint(hop)},
}

export function hopsTouched({hops}: Path, result: FlowResult, atEndpoint: FlowComparison['atEndpoint']): Touched {
  const rule = ruleAtInstance(result)
  const beyond = atEndpoint === undefined ? NOTHING : AT_ENDPOINT[atEndpoint.shown]
  const confirms = (hop: Hop) =>
    (hop.verdict === 'blocked' || hop.verdict === 'partly') && !isBeyondPackets(hop) && hop.fault?.advice !== true
  const contradicts = (hop: Hop) => hop.verdict === 'blocked' && !isBeyondPackets(hop)
  const contradicted = hops.filter(
    (hop) =>
      contradicts(hop) &&
      ((rule.contradicts(hop) && (result.isNew !== false || !isTracking(hop))) || beyond.contradicts(hop)),
  )
  const isShown = (hop: Hop) => !contradicted.includes(hop) && (rule.confirms(hop) || beyond.confirms(hop))
  return {
    confirmed: hops.filter((hop) => confirms(hop) && isShown(hop)),
    contradicted,
    undetermined: hops.filter((hop) => hop.verdict === 'unknown' && isShown(hop)),
  }
}

/** VPC Block Public Access and encryption controls also reject packets, and the record shows it. */
function ruleAtInstance({shown, records}: FlowResult): Rule {
  const reason = records.find(({action}) => action === 'REJECT')?.rejectReason
  return reason === 'BPA' ? {confirms: isBlockPublicAccess, contradicts: () => false} : AT_INSTANCE[shown]
}

/** `neither` if what the log shows is unknown in the model or not part of it, or the log shows nothing. */
export function agreementOf({verdict, hops}: Path, result: FlowResult, {confirmed, contradicted}: Touched): Agreement {
  const {shown} = result
  if (shown === 'mixed') return confirmed.length > 0 ? 'agrees' : 'neither'
  if (!DECIDES.has(shown)) return 'neither'
  if (contradicted.length > 0) return 'disagrees'
  if (confirmed.length > 0) return 'agrees'
  if (shown === 'both-accepted') return verdict === 'open' ? 'agrees' : 'neither'
  const {confirms} = ruleAtInstance(result)
  const spoken = hops.filter((hop) => !isBeyondPackets(hop) && confirms(hop))
  return spoken.length > 0 && spoken.every((hop) => hop.verdict === 'open') ? 'disagrees' : 'neither'
}

const DECIDES: ReadonlySet<Shown> = new Set(['request-rejected', 'reply-rejected', 'no-reply', 'both-accepted'])
