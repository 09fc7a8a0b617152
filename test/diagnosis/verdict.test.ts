import {describe, expect, it} from 'vitest'
import type {Certainty} from '../../src/checks/check.ts'
import type {Severity} from '../../src/checks/severity.ts'
import type {Registration} from '../../src/diagnosis/registration.ts'
import {verdictOf} from '../../src/diagnosis/verdict.ts'
import {instance} from '../support/network.ts'

const seen = (status: Registration['status'], connected: boolean | null = null): Registration => ({
  status,
  lastPing: null,
  agentVersion: null,
  connected,
})
const cause = (severity: Severity, certainty: Certainty = 'proven', id = 'x') => [{id, severity, certainty}]
const running = instance()

describe('the verdict, first match', () => {
  it.each(['stopped', 'stopping', 'terminated', 'shutting-down'] as const)(
    '%s is unmanaged, whatever Fleet Manager says',
    (Name) => {
      expect(verdictOf(instance({State: {Name}}), seen('online'), [], false)).toBe('unmanaged')
    },
  )
  it.each([
    ['a registration that could not be read', seen('unknown'), cause('blocks'), false, 'undecided'],
    [
      'not listed, and host management was enabled less than 30 minutes ago',
      seen('absent'),
      cause('advises', 'proven', 'dhmc.just-enabled'),
      false,
      'undecided',
    ],
    ['online and nothing found', seen('online', true), [], false, 'managed'],
    ['online, and the connection was not read', seen('online'), [], false, 'managed'],
    ['online, and not connected for sessions', seen('online', false), [], false, 'degraded'],
    ['online, and something degrades', seen('online', true), cause('degrades'), false, 'degraded'],
    [
      'online, and a proven cause blocks: connections outlive the rules',
      seen('online', true),
      cause('blocks'),
      false,
      'at-risk',
    ],
    [
      'online, and what may block is only possible',
      seen('online', true),
      cause('blocks', 'possible'),
      false,
      'managed',
    ],
    ['online, and there is advice', seen('online', true), cause('advises'), false, 'managed'],
    ['not registered, and something blocks', seen('absent'), cause('blocks'), false, 'unmanaged'],
    ['not registered and new, and something blocks', seen('absent'), cause('blocks'), true, 'unmanaged'],
    ['not registered and new, and nothing blocks', seen('absent'), cause('degrades'), true, 'undecided'],
    ['not registered, old enough, and nothing blocks', seen('absent'), [], false, 'unmanaged'],
    ['connection lost, and nothing blocks', seen('connection-lost'), [], false, 'unmanaged'],
  ] as const)('%s', (_, registration, causes, isYoung, verdict) => {
    expect(verdictOf(running, registration, causes, isYoung)).toBe(verdict)
  })
})
