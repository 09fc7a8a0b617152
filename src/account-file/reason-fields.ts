import type {Unreadable} from '../model/account.ts'

const OWN = /^([A-Z][A-Za-z.]+)(?:: (.*?))?(?: \(needs ([\w-]+:\w+)\))?$/s
/** https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html */
const AWS_CLI = /^An error occurred \(([\w.]+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)$/s

/**
 * The fields of a reason if an account file has only its text: the only place where that text is parsed. Text in
 * an unknown form has no fields.
 */
export function withReasonFields(reading: Unreadable): Unreadable {
  const {unreadable: text, error, action, message} = reading
  if (error !== undefined || action !== undefined || message !== undefined) return reading
  const [, name, said, needed] = OWN.exec(text) ?? AWS_CLI.exec(text) ?? []
  if (name === undefined) return reading
  return {unreadable: text, error: name, ...(needed && {action: needed}), ...(said && {message: said})}
}
