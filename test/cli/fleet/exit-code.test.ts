import {describe, expect, it} from 'vitest'
import type {Audit} from '../../../src/audit/report.ts'
import {auditExitCode, type ExitOptions, inspectionExitCode} from '../../../src/cli/fleet/exit-code.ts'

const OK = {failed: null}
const FAILED = {failed: 'AccessDenied'}

const row = (verdict: string, severity?: string, coverage = 'covered') => ({
  id: 'i-1',
  verdict,
  rootCause: severity === undefined ? null : 'x',
  causes: severity === undefined ? [] : [{id: 'x', severity}],
  inspector: {coverage, reason: null},
})

const auditOf = (
  instances: readonly object[],
  {scopes = [OK], suppressed = [], changes}: {scopes?: object[]; suppressed?: object[]; changes?: string} = {},
) => ({instances, scopes, suppressed, ...(changes && {changes: {instances: [{change: changes}]}})}) as unknown as Audit

const MANAGED = row('managed')
const LIMITED = row('managed', 'advises')
const BLOCKED = row('unmanaged', 'blocks')
const DEGRADED = row('degraded', 'degrades')
const OPEN = row('undecided')

describe('audit', () => {
  it.each<[string, Audit, ExitOptions, number]>([
    ['every instance is managed', auditOf([MANAGED]), {}, 0],
    ['one is not', auditOf([MANAGED, BLOCKED]), {}, 1],
    ['one is undecided', auditOf([MANAGED, OPEN]), {}, 3],
    ['one is not and another is undecided', auditOf([OPEN, DEGRADED]), {}, 1],
    ['an account was not examined', auditOf([MANAGED], {scopes: [OK, FAILED]}), {}, 3],
    ['an instance that was named is missing', auditOf([MANAGED]), {missing: ['i-2']}, 3],
    ['no account could be examined', auditOf([], {scopes: [FAILED]}), {}, 2],
    ['no account could be examined, with --allow-empty', auditOf([], {scopes: [FAILED]}), {allowEmpty: true}, 2],
    ['instances could not be read, hybrid nodes could', auditOf([BLOCKED], {scopes: [FAILED]}), {}, 1],
    ['there are no instances', auditOf([]), {}, 3],
    ['there are no instances, with --allow-empty', auditOf([]), {allowEmpty: true}, 0],
    [
      'no instances, one account not examined, with --allow-empty',
      auditOf([], {scopes: [OK, FAILED]}),
      {allowEmpty: true},
      3,
    ],
    ['an undecided one is suppressed', auditOf([OPEN], {suppressed: [{instance: 'i-1'}]}), {}, 0],
    ['--fail-on blocks, one degraded', auditOf([DEGRADED]), {failOn: 'blocks'}, 0],
    ['--fail-on degrades, one degraded', auditOf([DEGRADED]), {failOn: 'degrades'}, 1],
    ['--fail-on degrades, one blocked', auditOf([BLOCKED]), {failOn: 'degrades'}, 1],
    ['--fail-on advises, one with advice', auditOf([LIMITED]), {failOn: 'advises'}, 1],
    ['--fail-on degrades, one with advice', auditOf([LIMITED]), {failOn: 'degrades'}, 0],
    ['--fail-on blocks, one undecided', auditOf([OPEN]), {failOn: 'blocks'}, 3],
    ['--fail-on blocks, an account not examined', auditOf([DEGRADED], {scopes: [OK, FAILED]}), {failOn: 'blocks'}, 3],
    ['--fail-on new, newly broken', auditOf([BLOCKED], {changes: 'newly-broken'}), {failOn: 'new'}, 1],
    ['--fail-on new, another cause', auditOf([BLOCKED], {changes: 'changed-cause'}), {failOn: 'new'}, 1],
    ['--fail-on new, still broken', auditOf([BLOCKED], {changes: 'still-broken'}), {failOn: 'new'}, 0],
  ])('%s', (_, audit, options, code) => {
    expect(auditExitCode(audit, options)).toBe(code)
  })
})

describe('inspector', () => {
  const unscanned = (severity?: string) => row('unmanaged', severity, 'uncovered')
  it.each<[string, Audit, ExitOptions, number]>([
    ['every instance is scanned, managed or not', auditOf([MANAGED, BLOCKED]), {}, 0],
    ['one is not scanned', auditOf([unscanned('blocks')]), {}, 1],
    ['--fail-on blocks, one degraded', auditOf([unscanned('degrades')]), {failOn: 'blocks'}, 0],
    ['--fail-on blocks, one blocked', auditOf([unscanned('blocks')]), {failOn: 'blocks'}, 1],
    ['one is excluded', auditOf([row('managed', undefined, 'excluded')]), {}, 0],
    ['--fail-on advises, one is excluded', auditOf([row('managed', undefined, 'excluded')]), {failOn: 'advises'}, 1],
    ['one could not be read', auditOf([row('managed', undefined, 'unknown')]), {}, 3],
    ['an account was not examined', auditOf([MANAGED], {scopes: [OK, FAILED]}), {}, 3],
    ['no account could be examined', auditOf([], {scopes: [FAILED]}), {}, 2],
    [
      'no account could be examined, the administrator lists an instance',
      auditOf([unscanned()], {scopes: [FAILED]}),
      {},
      1,
    ],
    ['there are no instances', auditOf([]), {}, 3],
    ['--fail-on new, still uncovered', auditOf([unscanned('blocks')], {changes: 'still-broken'}), {failOn: 'new'}, 0],
  ])('%s', (_, audit, options, code) => {
    expect(inspectionExitCode(audit, options)).toBe(code)
  })
})
