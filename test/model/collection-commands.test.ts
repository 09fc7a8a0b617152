import {describe, expect, it} from 'vitest'
import {collectionCommands} from '../../src/model/collection-commands.ts'
import {describedBy, KINDS} from '../../src/model/kinds.ts'
import {outputOf} from '../support/programs.ts'

describe('commands that collect an account', () => {
  it('write one file per response, and call once for each resource where AWS requires its id', () => {
    expect(collectionCommands(['Vpcs', 'VpcAttributes', 'ConsoleOutputs'])).toEqual([
      'mkdir -p account',
      'export AWS_DEFAULT_OUTPUT=json',
      'aws sts get-caller-identity > "account/sts-get-caller-identity.json" 2>> "account/errors.txt"',
      'aws ec2 describe-vpcs > "account/ec2-describe-vpcs.json" 2>> "account/errors.txt"',
      "for VPC in $(aws ec2 describe-vpcs --query 'Vpcs[].VpcId' --output text); do " +
        'for ATTRIBUTE in $(echo enableDnsSupport enableDnsHostnames); do ' +
        'aws ec2 describe-vpc-attribute --vpc-id "$VPC" --attribute "$ATTRIBUTE" > ' +
        '"account/ec2-describe-vpc-attribute-$VPC-$ATTRIBUTE.json" 2>> "account/errors.txt"; done; done',
      'for INSTANCE in $(echo $INSTANCES); do aws ec2 get-console-output --instance-id "$INSTANCE" > ' +
        '"account/ec2-get-console-output-$INSTANCE.json" 2>> "account/errors.txt"; done',
    ])
  })

  it('read hosted zones through their VPCs', () => {
    const [, , , , records] = collectionCommands(['HostedZones'])
    expect(records).toMatch(
      /^for VPC in .*; do for ZONE in .*--vpc-id "\$VPC".*; do aws route53 list-resource-record-sets --hosted-zone-id "\$ZONE"/,
    )
  })

  it.each(KINDS)('read %s, with every call that its policy allows', (kind) => {
    const commands = collectionCommands([kind]).slice(3).join('\n')
    expect(commands).toContain('aws ')
    const inBulk = ['InstanceProfiles', 'Roles', 'Policies']
    for (const {command, only} of inBulk.includes(kind) ? [] : describedBy(kind).calls)
      if (only !== 'launch') expect(commands).toContain(command)
  })

  it('are valid in a POSIX shell', () => {
    expect(outputOf('sh', ['-n'], {input: collectionCommands(KINDS).join('\n')})).toBe('')
  })

  it('name the resource that a response belongs to if AWS does not', () => {
    expect(collectionCommands(['ManagedPrefixLists']).at(-1)).toContain(
      '--prefix-list-id "$PREFIX_LIST" --query "{ManagedPrefixLists: [{PrefixListId: \'$PREFIX_LIST\', Entries: Entries}]}"',
    )
  })
})
