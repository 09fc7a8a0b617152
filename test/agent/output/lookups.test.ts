import {expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {lookupsIn} from '../../../src/agent/output/lookups.ts'

const SSM = 'ssm.us-east-1.amazonaws.com'
const found = (...lines: readonly string[]) =>
  lookupsIn(lines.join('\n')).map(({kind, host, address}) => `${host} ${address ?? kind}`)

it.each([
  ['getent', '10.0.1.20       STREAM ssm.us-east-1.amazonaws.com', '10.0.1.20       DGRAM  '],
  ['a hosts file', '127.0.0.1 localhost', `10.0.1.20 ${SSM}`],
  ['dig', `;${SSM}. IN A`, `${SSM}. 60 IN\tA\t10.0.1.20`],
  ['host', `${SSM} has address 10.0.1.20`],
  ['Resolve-DnsName', `${SSM}                    A      60    Answer     10.0.1.20`],
  ['nslookup', 'Server:\t\t10.0.0.2', 'Address:\t10.0.0.2#53', '', `Name:\t${SSM}`, 'Address: 10.0.1.20'],
  ['nslookup', 'Server:  dc1', 'Address:  10.0.0.53', '', `Name:    ${SSM}`, 'Addresses:  10.0.1.20', '\t  10.0.2.20'],
])('%s shows the address of a name', (_, ...lines) => expect(found(...lines)).toEqual([`${SSM} 10.0.1.20`]))

it.each([
  `** server can't find ${SSM}: NXDOMAIN`,
  `*** dc1.example.com can't find ${SSM}: Non-existent domain`,
  `Host ${SSM} not found: 3(NXDOMAIN)`,
])('a name has no address: %s', (line) => expect(found(line)).toEqual([`${SSM} unresolved`]))

it.each([
  [`$ dig @198.51.100.8 ${SSM}`, `${SSM}. 60 IN A 198.51.100.1`],
  [`; <<>> DiG 9.16.48 <<>> @198.51.100.8 ${SSM}`, `${SSM}. 60 IN A 198.51.100.1`],
  [`$ nslookup ${SSM} 198.51.100.8`, `Name:\t${SSM}`, 'Address: 198.51.100.1'],
  [`$ nslookup ${SSM} 198.51.100.8`, `** server can't find ${SSM}: NXDOMAIN`],
  ['Using domain server:', 'Name: 198.51.100.8', `${SSM} has address 198.51.100.1`],
  [`PS> Resolve-DnsName ${SSM} -Server 198.51.100.8`, `${SSM}  A  60  Answer  198.51.100.1`],
])('shows nothing of the machine where the command names a server: %s', (...lines) => {
  expect(found(...lines)).toEqual([])
  expect(found(...lines, `$ nslookup ${SSM}`, `Name:\t${SSM}`, 'Address: 10.0.1.20')).toEqual([`${SSM} 10.0.1.20`])
  expect(found(...lines, `10.0.1.20 STREAM ${SSM}`)).toEqual([`${SSM} 10.0.1.20`])
})

it('is evidence beside the connections to the same host', () =>
  expect(
    logSignals([{file: 'a', text: `10.0.1.20 STREAM ${SSM}\nTrying 10.0.1.20...\nConnected to ${SSM}.`}]).map(
      ({kind, address}) => `${kind} ${address}`,
    ),
  ).toEqual(['resolved 10.0.1.20', 'reached 10.0.1.20']))
