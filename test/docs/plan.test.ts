import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {parse} from 'yaml'
import Plan from '../../src/commands/plan.ts'

const text = readFileSync(new URL('../../docs/plan.md', import.meta.url), 'utf8')
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml)

it('the workflow and the hook are valid YAML with the commands to run', () => {
  expect(blocks.map((yaml) => Object.keys(parse(yaml)))).toEqual([
    ['name', 'on', 'permissions', 'jobs'],
    ['name', 'on', 'permissions', 'jobs'],
    ['repos'],
  ])
})

it.each([...text.matchAll(/ssm-doctor plan [^\n'#]*/g)].map(([line]) => line))('%s has flags that exist', (line) => {
  for (const [, flag = ''] of line.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(Plan.flags)).toContain(flag)
})
