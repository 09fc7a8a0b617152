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
