import {expect, it} from 'vitest'
import {routeArgv} from '../../src/cli/route.ts'

const ID = 'i-0123456789abcdef0'
const ARN = `arn:aws:ec2:eu-west-1:111122223333:instance/${ID}`

it.each([
  [[], ['--help']],
  [['--help'], ['--help']],
  [['-h'], ['-h']],
  [['--version'], ['--version']],
  [['help'], ['--help']],
  [
    ['help', 'explain'],
    ['explain', '--help'],
  ],
  [
    ['help', ID],
    ['diagnose', ID, '--help'],
  ],
  [
    ['help', '--json'],
    ['diagnose', '--json', '--help'],
  ],
  [
    ['help', 'nonsense'],
    ['diagnose', 'nonsense'],
  ],
  [[ID], ['diagnose', ID]],
  [[ARN], ['diagnose', ARN]],
  [
    [ID, '--json'],
    ['diagnose', ID, '--json'],
  ],
  [
    ['--region', 'eu-west-1', ID],
    ['diagnose', '--region', 'eu-west-1', ID],
  ],
  [
    [ID, '--help'],
    ['diagnose', ID, '--help'],
  ],
  [
    ['--account', 'explain', ID],
    ['diagnose', '--account', 'explain', ID],
  ],
  [
    ['--account', 'file.json'],
    ['diagnose', '--account', 'file.json'],
  ],
  [
    ['explain', 'i-nothing'],
    ['explain', 'i-nothing'],
  ],
  [
    ['diagnose', ID],
    ['diagnose', ID],
  ],
  [['web-1'], ['diagnose', 'web-1']],
])('%j becomes %j', (typed, routed) => {
  expect(routeArgv(typed, ['diagnose', 'explain'])).toEqual(routed)
})
