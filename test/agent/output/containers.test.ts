import {expect, it} from 'vitest'
import {logSignals} from '../../../src/agent/output/log.ts'
import {CHANNEL_TIMEOUT} from './log-lines.ts'

const SSM = 'ssm.us-east-1.amazonaws.com'
const TIMEOUT = `curl: (28) Failed to connect to ${SSM} port 443 after 130211 ms: Timeout was reached`
const CURL = `curl -I https://${SSM}`
const MACHINE = '[root@ip-10-0-1-10 ~]# '
const REACHED = ['HTTP/1.1 404 Not Found']
const kindsIn = (...lines: readonly string[]) =>
  logSignals([{file: 'a', text: lines.join('\n')}]).map(({kind, service}) => `${service} ${kind}`)

it.each([
  [`$ sudo docker exec app ${CURL}`],
  [`docker run --rm curlimages/curl ${CURL}`],
  [`$ kubectl exec -it web-0 -- ${CURL}`],
  [`${MACHINE}docker exec -it app bash`, `root@3f2a9c1d8e7b:/# ${CURL}`],
  [`sh-5.2$ sudo docker exec -it app sh`, `/ # ${CURL}`],
  [`root@3f2a9c1d8e7b:/app# ${CURL}`],
])('a test in a container shows nothing of the machine: %s', (...lines) => {
  expect(kindsIn(...lines, TIMEOUT)).toEqual([])
})

it.each([
  ['/dev/root 20G 20G 0 100% /'],
  ['-P OUTPUT DROP'],
  ['Unit amazon-ssm-agent.service could not be found.'],
  ['amazon-ssm-agent stop/waiting'],
])('nor does what its commands show of disk, firewall and services: %s', (line) => {
  expect(kindsIn(`${MACHINE}docker exec app sh -c "$COMMANDS"`, line)).toEqual([])
  expect(kindsIn(line)).toHaveLength(1)
})

it('the log of the agent counts after a command for a container, or in one', () =>
  expect(kindsIn('docker exec agent tail errors.log', CHANNEL_TIMEOUT)).toEqual(['ssmmessages timeout']))

it('tests of the machine count before and after it', () => {
  const enters = [`${MACHINE}docker exec -it app bash`, `root@3f2a9c1d8e7b:/# ${CURL}`]
  expect(kindsIn(`${MACHINE}${CURL}`, TIMEOUT, ...enters, ...REACHED)).toEqual(['ssm timeout'])
  expect(kindsIn(...enters, TIMEOUT, 'root@3f2a9c1d8e7b:/# exit', `${MACHINE}${CURL}`, ...REACHED)).toEqual([
    'ssm reached',
  ])
  expect(kindsIn(`$ docker exec app ${CURL}`, TIMEOUT, `$ ${CURL}`, ...REACHED)).toEqual(['ssm reached'])
})

it.each([
  `$ docker run --rm --network host curlimages/curl ${CURL}`,
  '$ kubectl debug -it node/ip-10-0-1-10.ec2.internal --image=curlimages/curl -- sh',
  '$ docker ps',
  '+ docker run -d app',
])('a container with the network of the machine, and other commands, are not one: %s', (line) =>
  expect(kindsIn(line, `$ ${CURL}`, TIMEOUT)).toEqual(['ssm timeout']),
)
