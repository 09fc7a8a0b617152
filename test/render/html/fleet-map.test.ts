import {expect, it} from 'vitest'
import type {Verdict} from '../../../src/diagnosis/report.ts'
import {fleetMap} from '../../../src/render/html/fleet-map.ts'
import {fullAudit} from '../../support/audits.ts'

const audit = fullAudit()
const [anInstance] = audit.instances
const [aScope] = audit.scopes

const scope = (account: string, region: string, failed: string | null = null) => ({...aScope!, account, region, failed})
const instances = (account: string, region: string, ...verdicts: readonly Verdict[]) =>
  verdicts.map((verdict) => ({...anInstance!, account, region, verdict}))

/** The text of each cell, row by row. */
const rowsOf = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, text]) => text),
  )

it('shows how many instances of each account and Region are not managed, most of them first', () => {
  const {html} = fleetMap({
    ...audit,
    scopes: [
      scope('444444444444', 'eu-west-1'),
      scope('333333333333', 'eu-west-1', 'AccessDenied'),
      scope('222222222222', 'eu-west-1'),
      scope('111111111111', 'us-east-1'),
    ],
    instances: [
      ...instances('222222222222', 'eu-west-1', 'managed', 'managed', 'managed', 'managed', 'undecided'),
      ...instances('111111111111', 'us-east-1', 'unmanaged', 'managed'),
      ...instances('111111111111', 'eu-west-1', 'at-risk'),
      ...instances('000000000000', 'us-east-1', 'managed', 'managed', 'managed'),
    ],
  })
  expect(rowsOf(html)).toEqual([
    ['Account', 'eu-west-1', 'us-east-1'],
    ['111111111111', '◐ 1/1', '✗ 1/2'],
    ['222222222222', '? 1/5', ''],
    ['000000000000', '', '✓ 3'],
    ['333333333333', 'not examined', ''],
    ['444444444444', '', ''],
  ])
})
