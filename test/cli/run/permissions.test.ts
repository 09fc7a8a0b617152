import {describe, expect, it} from 'vitest'
import {policyOf} from '../../../src/cli/run/permissions.ts'

const actionsOf = (command: string): readonly string[] =>
  policyOf(command, {partition: 'aws', 'role-name': 'ssm-doctor-audit'}).Statement.flatMap(({Action}) => Action)

describe('the policy of', () => {
  it.each(['plan', 'snapshot', 'preflight'])('%s, which reads one Region, does not list the others', (command) => {
    expect(actionsOf(command)).not.toContain('ec2:DescribeRegions')
  })

  it.each(['diagnose', 'audit', 'inspector', ''])('%s also lists the Regions of the account', (command) => {
    expect(actionsOf(command)).toContain('ec2:DescribeRegions')
  })

  it('all commands allows what each of them reads in this account', () => {
    const others = /^(?:organizations:|sts:AssumeRole$)/
    for (const command of ['diagnose', 'preflight', 'plan', 'snapshot', 'audit', 'inspector'])
      expect(actionsOf('')).toEqual(expect.arrayContaining(actionsOf(command).filter((action) => !others.test(action))))
  })

  it('snapshot allows what it reads of instances, and of a Region', () => {
    expect(actionsOf('snapshot')).toEqual(
      expect.arrayContaining([
        'iam:GetRole',
        'iam:GetAccountAuthorizationDetails',
        'ec2:GetConsoleOutput',
        'inspector2:ListCoverage',
      ]),
    )
    expect(actionsOf('snapshot')).not.toContain('ec2:DescribeImages')
  })

  it('preflight allows to read the image to launch, and none of instances', () => {
    expect(actionsOf('preflight')).toContain('ec2:DescribeImages')
    expect(actionsOf('preflight')).not.toContain('ec2:DescribeInstanceImageMetadata')
  })
})
