import {expect, it} from 'vitest'
import {isWithin} from '../../../src/network/dns/name.ts'

it.each([
  ['ssm.eu-west-1.amazonaws.com', 'amazonaws.com.', true],
  ['ssm.eu-west-1.amazonaws.com', 'SSM.eu-west-1.amazonaws.com', true],
  ['ssm.eu-west-1.amazonaws.com', '.', true],
  ['ssm.eu-west-1.amazonaws.com', 'aws.com', false],
  ['amazonaws.com', 'ssm.eu-west-1.amazonaws.com', false],
])('%s is within %s: %s', (host, domain, is) => expect(isWithin(host, domain)).toBe(is))
