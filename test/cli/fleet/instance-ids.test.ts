import {expect, it} from 'vitest'
import {idsFrom} from '../../../src/cli/fleet/instance-ids.ts'

const ONE = 'i-0aaaaaaaaaaaaaa01'
const TWO = 'i-0bbbbbbbbbbbbbb02'
const ARN = `arn:aws-us-gov:ec2:us-gov-west-1:111122223333:instance/${TWO}`
const covered = (...rows: readonly object[]) => JSON.stringify({coveredResources: rows})

it.each([
  ['an id on each line', `${ONE}\n${TWO}\n`],
  ['Windows line ends, blank lines and comments', `# mine\r\n${ONE} # web\r\n\r\n  ${TWO}\r\n`],
  ['ARNs', `${ONE}\n${ARN}`],
  ['CSV with a header and quotes', `"Name","Instance ID"\n"web, 1","${ONE}"\n"say ""hi""","${TWO}"`],
  ['CSV with the column of another tool', `resourceId,accountId\n${ONE},111122223333\n${ARN},111122223333`],
  ['CSV without a header', `web,${ONE}\ndb,${TWO}`],
  ['semicolons', `instance_id;name\n${ONE};web\n${TWO};db`],
  ['a JSON list', JSON.stringify([ONE, ARN])],
  [
    'the output of list-coverage, without other resources',
    covered(
      {resourceId: ONE, resourceType: 'AWS_EC2_INSTANCE'},
      {resourceId: 'arn:aws:lambda:eu-west-1:111122223333:function:f', resourceType: 'AWS_LAMBDA_FUNCTION'},
      {resourceId: TWO, resourceType: 'AWS_EC2_INSTANCE'},
    ),
  ],
])('instance ids are read from %s', (_, text) => {
  expect(idsFrom('ids', text)).toEqual([ONE, TWO])
})

it.each([
  ['a name', 'web-1', 'ids: expected an instance id or its ARN on each line, found "web-1".'],
  ['an id that is too short', 'i-123', 'found "i-123"'],
  ['another cell of the column', `Instance ID,Name\nweb,${ONE}`, 'found "web"'],
  ['nothing', '# none yet\n', 'ids: names no instance.'],
  ['no covered instance', covered(), 'ids: names no instance.'],
  ['JSON of another kind', '{"Reservations": []}', 'ids: expected a list of instance ids, or coveredResources.'],
  [
    'a list of other objects',
    '[{"cause": "imds.disabled"}]',
    'ids: expected a list of instance ids, or coveredResources.',
  ],
  ['broken JSON', '[', 'ids'],
])('%s is rejected with a message', (_, text, message) => {
  expect(() => idsFrom('ids', text)).toThrow(message)
})
