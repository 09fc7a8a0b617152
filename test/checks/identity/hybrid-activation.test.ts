import {describe, expect, it} from 'vitest'
import {hybridActivation} from '../../../src/checks/identity/hybrid-activation.ts'
import {type Account, type InstanceInformation, notAsked} from '../../../src/model/account.ts'
import {machineOf} from '../../../src/model/hybrid.ts'
import {aMachine, anActivation, aServiceRole, hybrid, MACHINE, onTier, SERVICE_ROLE} from '../../support/hybrid.ts'
import {causesOf, findingsOf, notesOf} from '../examine.ts'

const machine = machineOf(aMachine())
const facts = (change: Partial<Account> = {}, node: InstanceInformation = aMachine()) =>
  notesOf(hybridActivation, {...hybrid, InstanceInformationList: [node], ...change}, machineOf(node)).flatMap((note) =>
    'fact' in note ? [note.fact] : [],
  )
const unknowns = (change: Partial<Account>, node: InstanceInformation = aMachine()) =>
  notesOf(hybridActivation, {...hybrid, InstanceInformationList: [node], ...change}, machineOf(node)).flatMap((note) =>
    'unknown' in note ? [note.unknown] : [],
  )

describe('the origin of a node', () => {
  it.each([
    [undefined, undefined, `${MACHINE} was registered on 2026-03-01 with activation ${anActivation().ActivationId}.`],
    ['Microsoft.Compute/virtualMachines', 'vm-1', 'Azure virtual machine vm-1'],
    ['compute.googleapis.com/Instance', '42', 'Google Cloud VM instance 42'],
    ['AWS::IoT::Thing', 'core-1', 'AWS IoT Greengrass core device core-1'],
    ['constructor', 'x', `activation ${anActivation().ActivationId}.`],
  ])('is shown for the source %s', (SourceType, SourceId, words) => {
    const [first] = facts({}, aMachine({SourceType: SourceType as never, SourceId}))
    expect(first).toContain(words)
  })

  it('includes that the activation has expired, which does nothing to the node', () => {
    expect(facts()).toContainEqual(
      expect.stringMatching(/\(factory\) expired on 2026-04-01. The node stays registered/),
    )
    expect(causesOf(hybridActivation, hybrid, machine)).toEqual([])
  })

  it('includes until when the activation can register machines', () => {
    expect(facts({ActivationList: [anActivation({Expired: false})]})).toContainEqual(
      expect.stringMatching(/expires on 2026-04-01/),
    )
  })

  it('includes that the activation has registered as many machines as it may', () => {
    const used = anActivation({Expired: false, RegistrationLimit: 1, RegistrationsCount: 1})
    expect(facts({ActivationList: [used]})).toContainEqual(
      expect.stringMatching(/registered 1 machine, its limit. .* needs a new activation/),
    )
  })
})

describe('the service role', () => {
  const gone = {...hybrid, Roles: []}

  it('that was deleted leaves the agent without credentials, and can be created again', () => {
    const [finding] = findingsOf(hybridActivation, gone, machine)
    expect(finding).toMatchObject({cause: 'hybrid.role-missing', resource: SERVICE_ROLE})
    const after = finding!.remedies![0]!.apply!(gone)
    expect(causesOf(hybridActivation, after, machine)).toEqual([])
  })

  it('is found by its name where its path is not shown', () => {
    expect(facts({}, aMachine({IamRole: 'factory'}))).toContain('Its service role is factory.')
  })

  it('is the same by its ARN', () => {
    const node = aMachine({IamRole: SERVICE_ROLE})
    expect(facts({}, node)).toContain('Its service role is factory.')
    const found = findingsOf(hybridActivation, {...gone, InstanceInformationList: [node]}, machineOf(node))
    expect(found).toMatchObject([{cause: 'hybrid.role-missing', resource: SERVICE_ROLE}])
  })

  it('that was not read is not known to be missing', () => {
    const was = notAsked()
    expect(unknowns({Roles: [], ActivationList: was})).toEqual([expect.stringMatching(/was not read/)])
    expect(unknowns({Roles: was})).toEqual([expect.stringMatching(/not asked for/)])
    expect(unknowns({Roles: [{Arn: SERVICE_ROLE, unreadable: 'AccessDenied'}]})).toEqual([
      expect.stringMatching(/AccessDenied/),
    ])
  })

  it('that Systems Manager does not show is not known', () => {
    expect(unknowns({}, aMachine({IamRole: undefined}))).toEqual([expect.stringMatching(/does not show the role/)])
  })

  it('with a name that no role can have is not created', () => {
    const node = aMachine({IamRole: 'x; rm -rf ~'})
    const found = findingsOf(hybridActivation, {...gone, InstanceInformationList: [node]}, machineOf(node))
    expect(found).toMatchObject([{cause: 'hybrid.role-missing', remedies: []}])
  })
})

describe('the tier', () => {
  it('of standard instances has no Session Manager', () => {
    const found = findingsOf(hybridActivation, {...hybrid, ...onTier('standard')}, machine)
    expect(found).toMatchObject([{cause: 'hybrid.standard-tier', remedies: [{cost: expect.stringContaining('hour')}]}])
  })

  it('that was not read is not mentioned', () => {
    const quiet = notesOf(hybridActivation, {...hybrid, ServiceSettings: {unreadable: 'AccessDenied'}}, machine)
    expect(JSON.stringify(quiet)).not.toMatch(/tier|AccessDenied/)
  })
})

it('accepts the name of a role with or without the account’s other roles', () => {
  expect(causesOf(hybridActivation, {...hybrid, Roles: [aServiceRole()], Caller: undefined as never}, machine)).toEqual(
    [],
  )
})
