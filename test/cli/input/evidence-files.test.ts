import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {readEvidence} from '../../../src/cli/input/evidence-files.ts'
import {aFolder} from '../../support/folder.ts'

const ID = 'i-0a1b2c3d4e5f60010'

const kindsIn = async (...lines: readonly string[]) => {
  const file = join(aFolder(), 'agent.log')
  writeFileSync(file, lines.join('\n'))
  return (await readEvidence({'agent-log': [file]}, [ID])).map(({kind}) => kind)
}

it('any line of the agent shows that it is installed, unless the log is of another instance, or shows that it is not', async () => {
  const healthy = '2026-11-20 11:40:01 INFO [ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.'
  expect(await kindsIn(healthy)).toEqual(['agent-installed'])
  expect(await kindsIn('2026-11-20 11:40:01 INFO [main] web server started')).toEqual([])
  const channel = '2026-11-20 11:40:02 INFO [ssm-agent-worker] control-channel/i-0fffffffffffffff1'
  expect(await kindsIn(healthy, channel)).not.toContain('agent-installed')
  expect(await kindsIn(healthy, 'package amazon-ssm-agent is not installed')).not.toContain('agent-installed')
})
