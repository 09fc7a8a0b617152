import {describe, expect, it} from 'vitest'
import {endingOf} from '../../../src/cli/output/errors.ts'
import {accessError} from '../../../src/collect/client/errors.ts'
import {usageError} from '../../../src/util/usage-error.ts'

const oclif = (message: string, exit: number) => Object.assign(new Error(message), {oclif: {exit}})

describe('how a run ends', () => {
  it.each([
    [usageError('Say which.'), {says: 'Say which.', code: 2}],
    [accessError('There are no AWS credentials.'), {says: 'There are no AWS credentials.', code: 2}],
    [
      oclif('Nonexistent flag: --nope\nSee more help with --help', 2),
      {says: 'Nonexistent flag: --nope. See ssm-doctor --help.', code: 2},
    ],
    [Object.assign(new Error('EEXIT: 0'), {code: 'EEXIT', oclif: {exit: 0}}), {code: 0}],
    [Object.assign(new Error('Request aborted'), {name: 'AbortError'}), {code: 130}],
    [
      Object.assign(new Error('EACCES: permission denied'), {code: 'EACCES'}),
      {says: 'EACCES: permission denied.', code: 2},
    ],
  ])('%o', (error, ending) => {
    expect(endingOf(error, false)).toEqual(ending)
  })

  it('says in one line that the error is internal, and where to report it', () => {
    const {says, code} = endingOf(new TypeError('x is not a function'), false)
    expect(code).toBe(70)
    expect(says).toMatch(
      /^Internal error \(x is not a function\.\)\. Please report it at https:\S+, with the output of SSM_DOCTOR_DEBUG=1\.$/,
    )
    expect(endingOf(new TypeError('x'), true).says).toContain('errors.test.ts')
  })

  it.each([
    [
      'The following error occurred:\n  \u001b[2mMissing required flag subnet\u001b[22m\nSee more help with --help',
      'Missing required flag --subnet. See ssm-doctor preflight --help.',
    ],
    [
      'Missing 1 required arg:\nshell  (bash|zsh) The shell.\nSee more help with --help',
      'Missing argument shell: (bash|zsh) The shell. See ssm-doctor preflight --help.',
    ],
    [
      'Missing 1 required arg:\nfile  JSON report.\n\nNote: --output allows multiple values.\nSee more help with --help',
      'Missing argument file: JSON report. See ssm-doctor preflight --help.',
    ],
    [
      'command preflight:a.json not found',
      'Unexpected argument: a.json. Account files follow --account. See ssm-doctor preflight --help.',
    ],
    ['command mcp:a.json not found', 'Unexpected argument: a.json. See ssm-doctor preflight --help.'],
    [
      'The following errors occurred:\n  Missing required flag to\n  --json=true cannot also be provided when using --format',
      'Missing required flag --to; --json and --format cannot be combined. See ssm-doctor preflight --help.',
    ],
    [
      'The following error occurred:\n  All of the following must be provided when using --timeout: --watch',
      '--timeout needs --watch. See ssm-doctor preflight --help.',
    ],
  ])('shows what is wrong in one line, and how to get help for the command: %j', (message, says) => {
    expect(endingOf(oclif(message, 2), false, {command: 'preflight'})).toEqual({says, code: 2})
  })

  it('removes control characters from messages', () => {
    expect(endingOf(oclif('Unexpected argument: \u001b[2Jx', 2), false).says).toBe(
      'Unexpected argument: x. See ssm-doctor --help.',
    )
  })
})

it('says what a number should be', () => {
  const error = oclif(
    'Parsing --port \n\tExpected an integer less than or equal to 65535 but received: 70000\nSee more help with --help',
    2,
  )
  expect(endingOf(error, false, {command: 'reach'}).says).toBe(
    '--port: expected an integer less than or equal to 65535, found 70000. See ssm-doctor reach --help.',
  )
})

describe('an unknown flag', () => {
  const unknown = (flags: readonly string[]) => Object.assign(oclif('Nonexistent flag', 2), {flags})

  it.each([
    [['--acount'], 'Unknown flag --acount. Did you mean --account? See ssm-doctor audit --help.'],
    [['--zzz'], 'Unknown flag --zzz. See ssm-doctor audit --help.'],
    [['--zzz', '--zzz'], 'Unknown flag --zzz. See ssm-doctor audit --help.'],
    [['--acount', '--regoin'], 'Unknown flag --acount, --regoin. See ssm-doctor audit --help.'],
  ])('%j: %s', (flags, says) => {
    expect(endingOf(unknown(flags), false, {command: 'audit', flags: ['--account', '--region']}).says).toBe(says)
  })
})
