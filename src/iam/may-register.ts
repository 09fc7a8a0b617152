import type {PolicyDocument} from '../model/account.ts'
import {isObject} from '../util/json.ts'
import {REGISTRATION} from './capabilities.ts'
import {matchesAction} from './policy/wildcard.ts'

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const covers = (pattern: unknown): boolean =>
  typeof pattern === 'string' && REGISTRATION.actions.every((action) => matchesAction(pattern, action))

/** Whether the document may allow the agent to register. Denials and conditions are left to the evaluation. */
export const mayRegister = (document: PolicyDocument): boolean =>
  typeof document !== 'string' &&
  asList(document.Statement).some(
    (statement) =>
      isObject(statement) &&
      statement.Effect === 'Allow' &&
      ('NotAction' in statement ? !asList(statement.NotAction).some(covers) : asList(statement.Action).some(covers)),
  )
