import {expect, it} from 'vitest'
import {AUDIT_FORMAT_NAMES, AUDIT_FORMATS} from '../../src/cli/fleet/formats.ts'
import {examination} from '../../src/diagnosis/examine.ts'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {KINDS} from '../../src/model/kinds.ts'
import {reach} from '../../src/reach/reach.ts'
import {jsonReports} from '../../src/render/formats/json.ts'
import {snippet} from '../../src/render/remediation/snippet.ts'
import {textReach} from '../../src/render/text/reach.ts'
import {quietReport, textReport} from '../../src/render/text/report.ts'
import {PIPE} from '../../src/render/text/terminal.ts'
import {audited} from '../support/audits.ts'
import {inspectedAccount, inspection} from '../support/inspections.ts'
import {accounts} from '../support/remedies-of.ts'
import {ACCOUNTS} from './accounts.ts'

/** What JavaScript prints for missing values. */
const NOTHING = /.{0,80}(?:\bundefined\b|\[object |\bNaN\b|\bInfinity\b).{0,40}/

const REFUSED = {unreadable: 'AccessDenied: no (needs ec2:Describe)', error: 'AccessDenied', action: 'ec2:Describe'}
const all: readonly (readonly [string, Account])[] = [
  ...Object.entries(ACCOUNTS),
  ...accounts.map(({name, account}) => [name, account] as const),
]

/** In the nightly run every kind is missing nine times as often. */
const STEP = process.env.MATRIX === 'full' ? 4 : 36

/** Each account as it is, and without some of the kinds, so that every kind is missing somewhere. */
const partly = all.flatMap(([name, account], at) => [
  [name, account] as const,
  ...KINDS.filter((kind, n) => kind !== 'Instances' && (at + n) % STEP === 0).map(
    (kind) => [`${name}, without ${kind}`, {...account, [kind]: REFUSED}] as const,
  ),
])

function* textsOf(account: Account): Generator<string> {
  for (const instance of itemsOf(account.Instances).slice(0, 2)) {
    const {report, remedies} = examination(account, instance.InstanceId)
    yield textReport(report, {terminal: PIPE, verbose: true})
    yield quietReport(report)
    yield jsonReports([report])
    for (const {steps} of remedies)
      for (const format of ['powershell', 'terraform', 'cloudformation'] as const)
        yield snippet(steps, format, {region: account.Region, step: 1})
    const way = reach(account, instance, 'kms', 443)
    yield textReach(way, PIPE)
    yield JSON.stringify(way)
  }
}

it('no report and no change contains undefined, in any format', () => {
  const odd = partly.flatMap(([name, account]) =>
    [...textsOf(account)].flatMap((text) => {
      const found = NOTHING.exec(text)?.[0]
      return found === undefined ? [] : [`${name}: ${found}`]
    }),
  )
  expect(partly.length).toBeGreaterThan(150)
  expect([...new Set(odd)]).toEqual([])
})

it.each(AUDIT_FORMAT_NAMES)('no audit contains undefined in %s', async (format) => {
  const odd: string[] = []
  for (const [name, account] of partly.filter((_, at) => at % 4 === 0)) {
    const found = NOTHING.exec(
      await AUDIT_FORMATS[format].text(audited(account), {terminal: PIPE, version: '1.0.0'}),
    )?.[0]
    if (found !== undefined) odd.push(`${name}: ${found}`)
  }
  for (const kind of KINDS) {
    const partial: Account = kind === 'Instances' ? inspectedAccount : {...inspectedAccount, [kind]: REFUSED}
    const found = NOTHING.exec(
      await AUDIT_FORMATS[format].text(inspection(partial), {terminal: PIPE, version: '1.0.0'}),
    )?.[0]
    if (found !== undefined) odd.push(`inspector without ${kind}: ${found}`)
  }
  expect(odd).toEqual([])
})
