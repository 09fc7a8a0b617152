import type {ReachReport} from '../../reach/reach.ts'
import {jsonText} from '../../render/formats/json.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import type {OutputFormats} from './output-files.ts'

export const REACH_FORMATS = ['text', 'json', 'html'] as const
export type ReachFormat = (typeof REACH_FORMATS)[number]

export const REACH_OUTPUTS: OutputFormats<ReachFormat> = {
  formats: REACH_FORMATS,
  extensions: {'.txt': 'text', '.json': 'json', '.html': 'html'},
}

export async function reachAs(format: ReachFormat, report: ReachReport, terminal: Terminal): Promise<string> {
  if (format === 'json') return jsonText(report)
  if (format === 'html') return (await import('../../render/html/reach-page.ts')).htmlReach(report)
  return (await import('../../render/text/text-reach.ts')).textReach(report, terminal)
}
