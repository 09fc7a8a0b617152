// Annotations of a run: the fixes of an audit, or the instances that a plan breaks.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
import {readFileSync} from 'node:fs'

/** GitHub shows ten of each kind for a step. */
const MOST = 10

/** Names from an account may contain escape sequences and characters that change the direction of text. */
const escapedText = (text) =>
  text
    .replaceAll(/(?![\r\n])[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
const escapedTitle = (text) => escapedText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

const BROKEN = new Set(['lost', 'degraded'])

const ofAudit = ({groups}) =>
  groups.map(({severity, cause, resource, message, affected, change}) => ({
    level: severity === 'blocks' ? 'error' : 'warning',
    title: `${cause} on ${resource} (${affected.length} ${affected.length === 1 ? 'instance' : 'instances'})`,
    text: change === null ? message : `${message} Fix: ${change.title}.`,
  }))

const ofPlan = ({instances}) =>
  instances
    .filter(({change, after}) => BROKEN.has(change) || (change === 'new' && (after === 'unmanaged' || after === 'degraded')))
    .map(({id, name, address, before, after}) => ({
      level: 'error',
      title: `${address ?? name ?? id} would be ${after}`,
      text: `${name ?? id}: ${before ?? 'not there'} before, ${after} after the plan.`,
    }))

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const found = Array.isArray(report.groups) ? ofAudit(report) : ofPlan(report)
for (const {level, title, text} of found.slice(0, MOST))
  process.stdout.write(`::${level} title=${escapedTitle(title)}::${escapedText(text)}\n`)
