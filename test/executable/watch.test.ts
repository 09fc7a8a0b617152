import {afterAll, beforeAll, expect, it} from 'vitest'
import {behindEndpoints, INSTANCE, online, REGION} from '../support/network.ts'
import {start} from '../support/programs.ts'
import {serve} from '../support/serve.ts'
import {run, TOOL} from './run.ts'

const faulty = serve({...behindEndpoints, VpcEndpoints: []})
const healthy = serve(online(behindEndpoints))
const KEYS = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION}
let endpoints: {readonly faulty: string; readonly healthy: string}

beforeAll(async () => {
  endpoints = {faulty: await faulty.listen(), healthy: await healthy.listen()}
})
afterAll(() => {
  faulty.close()
  healthy.close()
})

it('exits cleanly on Ctrl-C while it waits', async () => {
  const env = {PATH: process.env.PATH, ...KEYS, AWS_ENDPOINT_URL: endpoints.faulty}
  const {child, printed, ended} = start(process.execPath, [TOOL, INSTANCE, '--watch'], {env})
  child.stdout?.on('data', () => {
    if (/^Watching /m.test(printed.stdout)) child.kill('SIGINT')
  })
  const {signal} = await ended
  expect({signal, stderr: printed.stderr}).toEqual({signal: 'SIGINT', stderr: ''})
})

it('exits with the code of the last examination after the timeout', async () => {
  const {stdout, stderr, code} = await run([INSTANCE, '--watch', '--timeout', '1s'], {
    env: {...KEYS, AWS_ENDPOINT_URL: endpoints.faulty},
  })
  expect({stderr, code}).toEqual({stderr: '', code: 1})
  expect(stdout).toMatch(
    /^Watching .* for up to 1 s; press Ctrl-C to stop\.\n\+0:01 {3}FAIL After 1 s .* is still unmanaged: /m,
  )
})

it('exits immediately, with 0, if the node is already managed', async () => {
  const {stdout, code} = await run(['--watch', INSTANCE, '--quiet'], {
    env: {...KEYS, AWS_ENDPOINT_URL: endpoints.healthy},
  })
  expect({stdout, code}).toEqual({stdout: `${INSTANCE}  managed\n`, code: 0})
})

it.each([
  [['--watch', '--account', 'file.json'], /an account file does not change/],
  [[INSTANCE, '--timeout', '5m'], /--watch/],
  [[INSTANCE, '--watch', '--script'], /--script/],
  [[INSTANCE, '--watch', '--timeout', 'soon'], /such as 90s, 45m or 2h/],
])('%j is a usage error in one sentence', async (args, says) => {
  const {stdout, stderr, code} = await run(args, {env: KEYS})
  expect({stdout, code}).toEqual({stdout: '', code: 2})
  expect(stderr).toMatch(says)
  expect(stderr.trimEnd()).not.toContain('\n')
})
