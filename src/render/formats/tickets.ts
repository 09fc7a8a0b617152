import type {Audit, AuditedInstance, Group} from '../../audit/report.ts'
import {counted, forNumber} from '../../util/counted.ts'
import {hashOf} from '../../util/hash.ts'
import {lastPart} from '../../util/last-part.ts'
import {plain} from '../../util/plain-text.ts'
import {type Fix, fixesIn, gainOf, groupsById, groupTitleOf, othersOf, placeOf, reasonFor} from '../audit-facts.ts'
import {linesOf} from '../checklist.ts'
import {escaped, fenced, linked, tableLines} from './markdown.ts'
import type {ReportFile} from './report-file.ts'

/** A ticket for each fix and owner. https://github.github.com/gfm/ */
export function ticketsOf(audit: Audit): readonly ReportFile[] {
  const known = new Map(audit.instances.map((instance) => [instance.id, instance]))
  const names = new Set<string>()
  return fixesIn(audit, [...groupsById(audit).values()]).flatMap((fix) =>
    fix.owners.map(({owner}) => {
      const own = fix.affected.flatMap((id) => known.get(id) ?? []).filter((instance) => instance.owner === owner)
      return {name: nameIn(names, fix, owner), text: ticket(fix, owner, own)}
    }),
  )
}

const ownerName = (owner: string | null): string => owner ?? '(untagged)'

function ticket(fix: Fix, owner: string | null, own: readonly AuditedInstance[]): string {
  const {change, docs, affected, owners, causes, where} = fix
  const lines = change ? linesOf(change) : []
  const others = owners.filter((one) => one.owner !== owner).map((one) => ownerName(one.owner))
  return [
    `# ${escaped(groupTitleOf(fix))}`,
    '',
    `Owner: ${escaped(ownerName(owner))}. Where: ${escaped(where)}. ${forNumber(causes.length, 'Cause')}: ${causes.map(({cause, resource}) => `${escaped(cause)} on ${escaped(resource)}`).join(', ')}.`,
    '',
    ...causes.flatMap((group) => [escaped(reasonFor(group)), '']),
    `Affects ${counted(own.length, 'instance')} of this owner${others.length === 0 ? '' : `, and ${affected.length - own.length} of ${escaped(others.join(', '))}`}.`,
    '',
    ...tableLines(
      ['Instance', 'Name', 'Where', 'VPC', 'Verdict'],
      own.map((one) => [one.id, one.name ?? '', placeOf(one), one.vpc ?? '', one.verdict]),
    ),
    '',
    '## Fix',
    '',
    ...(lines.length === 0 ? [] : [...fenced(lines), '']),
    ...[
      `${[gainOf(fix), othersOf(fix)].filter(Boolean).join('; ')}.`,
      ...(change?.cost === undefined ? [] : [`Costs: ${change.cost}`]),
      ...(change?.effect === undefined ? [] : [`Effect: ${change.effect}`]),
    ].map((line) => `- ${escaped(line)}`),
    ...(docs === '' ? [] : [`- ${linked(docs)}`]),
    ...(own[0] === undefined
      ? []
      : [`- Afterwards: \`ssm-doctor ${plain(own[0].id)} --region ${plain(own[0].region)}\``]),
  ].join('\n')
}

const LONGEST_NAME = 120

/** Letters that every file system accepts; names that would be the same get a hash. */
function nameIn(names: Set<string>, {cause, resource, id}: Group, owner: string | null): string {
  const readable = [owner ?? 'untagged', cause, lastPart(resource)]
    .map((part) => part.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '') || 'x')
    .join('.')
    .slice(0, LONGEST_NAME)
  const name = names.has(readable.toLowerCase()) ? `${readable}.${hashOf(`${id} ${owner}`)}` : readable
  names.add(name.toLowerCase())
  return `${name}.md`
}
