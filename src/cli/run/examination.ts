import {restartCommand} from '../../agent/commands.ts'
import {type Examination, examination} from '../../diagnosis/examine.ts'
import type {ExamineOptions} from '../../diagnosis/examine-options.ts'
import type {Account} from '../../model/account.ts'
import {subjectOf} from '../../model/hybrid.ts'

/** A report, with the command that restarts the agent on the instance. */
export interface InstanceExamination extends Examination {
  readonly restart?: string
}

/** What is printed of an examination: nothing but the report if it was saved. */
export type PrintedExamination = Pick<InstanceExamination, 'report' | 'restart'>

export function examineInstance(account: Account, id: string, options: ExamineOptions): InstanceExamination {
  const instance = subjectOf(account, id)
  return {...examination(account, id, options), ...(instance && {restart: restartCommand(account, instance)})}
}
