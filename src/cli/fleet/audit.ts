import {basename} from 'node:path'
import {sourcesOf} from '../../account-file/sources.ts'
import type {Audit} from '../../audit/report.ts'
import {type Fleet, fleetInAws, type LiveFleet, type LiveOptions} from '../../fleet/account-regions.ts'
import {choiceFor} from '../../fleet/choice.ts'
import {completed, withoutRepeated} from '../../fleet/expected.ts'
import {baselineIn, type Input, partIn, suppressionsIn, unitsIn} from '../../fleet/inputs.ts'
import {AUDIT, type AuditMode, INSPECTION} from '../../fleet/modes.ts'
import {NO_RESUME, type RunOptions, runFleet} from '../../fleet/run.ts'
import {usageError} from '../../util/usage-error.ts'
import {waitingFor} from '../input/connection.ts'
import {linesIn, textIn} from '../input/text-files.ts'
import {notice} from '../output/notice.ts'
import {type Progress, progressOn} from '../output/progress.ts'
import {type AuditResult, auditResultOf, type FleetInputs, includesHybrid} from './audit-result.ts'
import {fixWriterFor} from './fix-writer.ts'
import type {FleetFlags} from './flags.ts'
import {idsFrom} from './instance-ids.ts'
import {resumeIn, SETTINGS} from './resume.ts'

type Extras = Pick<RunOptions, 'onExamined'> & Pick<LiveOptions, 'connect'>

/** Which instances are not managed and why, and what fixes the most. */
export const auditFleet: Command = (flags, extras) => resultOf(AUDIT, flags, extras)

/** What Amazon Inspector cannot scan, and why. */
export const inspectFleet: Command = (flags, extras) => resultOf(INSPECTION, flags, extras)

type Command = (flags: FleetFlags, extras?: Extras) => Promise<AuditResult>

async function resultOf(mode: AuditMode, flags: FleetFlags, extras: Extras = {}): Promise<AuditResult> {
  if (flags['fail-on'] === 'new' && flags.baseline === undefined)
    throw usageError('--fail-on new needs --baseline FILE.')
  const {schema} = mode
  const [chosen, suppressions, baseline, write] = await Promise.all([
    choiceOf(flags),
    flags.suppress === undefined ? [] : inputOf(flags.suppress).then(suppressionsIn),
    flags.baseline === undefined ? undefined : inputOf(flags.baseline).then((input) => baselineIn(input, schema)),
    fixWriterFor(flags),
  ])
  const inputs = {chosen, suppressions, baseline, write}
  return await auditResultOf(mode, flags, inputs, async (task, count) => {
    if (flags.parts) return {parts: await auditFromParts(flags.parts, flags.units, schema), kept: 0}
    const progress = progressOn(process.stderr)
    const hybrid = includesHybrid(flags, chosen)
    const fleet = await fleetOf(flags, progress, {count, inspector: mode.inspector, hybrid, ...extras})
    for (const note of fleet.notes) notice(note)
    const settings = {schema, ...settingsOf(flags, chosen, suppressions)}
    return await runFleet(fleet, {
      task,
      resume: flags.resume === undefined ? NO_RESUME : await resumeIn(flags.resume, settings),
      // Files need no waiting: more than one at a time would only take memory.
      concurrency: flags.account ? 1 : flags.concurrency,
      progress,
      count,
      ...(extras.onExamined && {onExamined: extras.onExamined}),
    })
  })
}

const inputOf = async (name: string): Promise<Input> => ({name, text: await textIn(name)})

async function choiceOf(flags: FleetFlags): Promise<FleetInputs['chosen']> {
  const file = flags['instance-ids-from']
  const ids = file === undefined ? undefined : new Set(idsFrom(file, await textIn(file)))
  return choiceFor({ids, tags: flags.tag, vpcs: flags.vpc, includeStopped: flags['include-stopped'] ?? false})
}

/** What is in each of several files, some of them in folders. */
async function eachIn<T>(sources: readonly string[], read: (input: Input) => readonly T[]) {
  const found = (await Promise.all(sources.map((source) => sourcesOf(source)))).flat()
  const lists: (readonly T[])[] = []
  for (const {name, path} of found) lists.push(read({name, text: await textIn(path ?? '-')}))
  return lists.flat()
}

/** Every part, with a placeholder for each missing one. */
async function auditFromParts(sources: readonly string[], units: FleetFlags['units'], schema: Audit['schema']) {
  const parts = await eachIn(sources, (input) => (basename(input.name) === SETTINGS ? [] : [partIn(input, schema)]))
  return units === undefined ? withoutRepeated(parts) : completed(parts, await eachIn(units, unitsIn))
}

async function fleetOf(flags: FleetFlags, progress: Progress, options: LiveOptions): Promise<Fleet> {
  if (!flags.account) return fleetInAws({...(await liveFleetOf(flags)), ...waitingFor(flags, progress)}, options)
  const {fleetInFiles} = await import('./in-files.ts')
  return fleetInFiles(flags.account, flags.region, progress)
}

async function liveFleetOf(flags: FleetFlags): Promise<LiveFleet> {
  const {organization, region, 'accounts-from': source, 'organizational-unit': units} = flags
  const suspended = flags['include-suspended'] ?? false
  if (!organization && units === undefined && source === undefined) nameUnused(flags)
  return {
    regions: flags['all-regions'] ? 'all' : region,
    region: region?.[0],
    excludedRegions: flags['exclude-region'],
    profiles: flags.profile,
    roleArn: flags['role-arn'],
    externalId: flags['external-id'],
    roleName: flags['role-name'],
    excludedAccounts: flags['exclude-account'],
    ...(source !== undefined && {accounts: {listed: await linesIn(source), source}}),
    ...((organization || units !== undefined) && {accounts: {units: units ?? [], suspended}}),
  }
}

/** Who sets these flags, and forgets the accounts, would take the audit of one account for that of all. */
function nameUnused(flags: FleetFlags): void {
  for (const flag of ['role-name', 'exclude-account', 'include-suspended'] as const)
    if (flags[flag])
      notice(`--${flag} needs --organization, --organizational-unit or --accounts-from; it does not apply here.`)
}

/** What the result of one account and Region depends on. */
const settingsOf = (flags: FleetFlags, {ids}: FleetInputs['chosen'], suppressions: readonly object[]) => ({
  includeStopped: flags['include-stopped'],
  tag: flags.tag ?? [],
  vpc: flags.vpc ?? [],
  instanceIds: ids ? [...ids].sort() : null,
  ownerTag: flags['owner-tag'],
  suppressions,
  ...(flags.remedy !== undefined && flags.remedy !== 'cli' && {remedy: flags.remedy}),
  ...(flags.script !== undefined && {script: flags.script}),
  ...(flags['include-hybrid'] && {includeHybrid: true}),
})
