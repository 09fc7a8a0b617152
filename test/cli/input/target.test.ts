import {expect, it} from 'vitest'
import {targetOf} from '../../../src/cli/input/target.ts'

const ID = 'i-0123456789abcdef0'

it('accepts an id of either length', () => {
  expect(targetOf(ID)).toEqual({id: ID})
  expect(targetOf('i-0a1b2c3d')).toEqual({id: 'i-0a1b2c3d'})
})

it('accepts an ARN, and uses its Region', () => {
  expect(targetOf(`arn:aws-us-gov:ec2:us-gov-west-1:111122223333:instance/${ID}`)).toEqual({
    id: ID,
    region: 'us-gov-west-1',
    account: '111122223333',
  })
})

it('accepts a hybrid node, and the Region of its ARN', () => {
  const id = 'mi-0123456789abcdef0'
  expect(targetOf(id)).toEqual({id})
  expect(targetOf(`arn:aws:ssm:eu-west-1:111122223333:managed-instance/${id}`)).toEqual({
    id,
    region: 'eu-west-1',
    account: '111122223333',
  })
})

it('suggests a command', () => {
  expect(() => targetOf('diagnoze', ['diagnose', 'audit'])).toThrow('Did you mean diagnose?')
})

it.each([
  ['i-xyz', /17 hexadecimal digits/],
  ['I-0123456789ABCDEF0', /ssm-doctor --help/],
  ['', /Run ssm-doctor i-0123456789abcdef0/],
  ['web-1', /Unknown command or instance id "web-1".*ssm-doctor i-/],
  ['accounts/one', /examined with: ssm-doctor --account accounts\/one/],
  ['one.json.gz', /examined with: ssm-doctor --account one.json.gz/],
  ['mi-0123', /those of hybrid nodes mi- followed by 17/],
  ['arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d', /Unknown command or instance id/],
  ['i-0123456789abcdef0; rm -rf ~', /17 hexadecimal digits/],
])('says what is expected instead of %s', (text, hint) => {
  expect(() => targetOf(text, ['audit', 'plan'])).toThrow(hint)
})
