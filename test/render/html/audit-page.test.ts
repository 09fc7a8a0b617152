import {expect, it} from 'vitest'
import {htmlAudit} from '../../../src/render/html/audit-page.ts'
import {fullAudit} from '../../support/audits.ts'

it('counts an instance once for a cause that it has on two resources', () => {
  const audit = fullAudit()
  const first = audit.instances.find(({causes}) => causes.length > 0)!
  const [cause] = first.causes
  const twice = {...first, account: '999999999999', causes: [cause!, {...cause!, resource: 'sg-0ffffffffffffffff'}]}
  const page = htmlAudit({...audit, instances: [twice]})
  const row = page.match(new RegExp(`<tr><td><a[^>]*>${cause!.id}</a>.*?</tr>`))?.[0]
  expect(row).toContain('<td>999999999999 (1)</td>')
})

it('does not say of one instance what the message of its group says of another', () => {
  const audit = fullAudit()
  const [group] = audit.groups
  const [instance] = audit.instances
  const cause = {id: group!.cause, resource: group!.resource, severity: group!.severity, certainty: 'proven' as const}
  const second = {
    ...instance!,
    id: 'i-0fffffffffffffff1',
    verdict: 'unmanaged' as const,
    causes: [cause],
    rootCause: cause.id,
  }
  const message = 'It does not allow inbound TCP 443 from i-0fffffffffffffff2.'
  const shared = {...group!, message, affected: ['i-0fffffffffffffff2', second.id]}
  const row = (groups: typeof audit.groups) =>
    htmlAudit({...audit, instances: [second], groups}).match(/<tr><td>[^<]*i-0fffffffffffffff1.*?<\/tr>/)?.[0]
  expect(row([shared])).toContain(`(${cause.resource}).</td>`)
  expect(row([shared])).not.toContain('i-0fffffffffffffff2')
  expect(row([{...shared, affected: [second.id]}])).toContain(message)
})
