import {restartCommand} from '../../agent/commands.ts'
import {type Asked, type Examination, examination} from '../../diagnosis/examine.ts'
import type {Account} from '../../model/account.ts'
import {find} from '../../model/joins.ts'

/** A report, with what to type on its instance to wake the agent. */
export interface Examined extends Examination {
  readonly restart?: string
}

export function examined(account: Account, id: string, asked: Asked): Examined {
  const instance = find(account.Instances, 'InstanceId', id)
  return {...examination(account, id, asked), ...(instance && {restart: restartCommand(account, instance)})}
}
