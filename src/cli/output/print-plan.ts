import type {PlanReport} from '../../plan/plan-report.ts'
import {jsonText} from '../../render/formats/json.ts'
import type {Terminal} from '../../render/text/terminal.ts'
import type {OutputFormats} from './output-files.ts'

export const PLAN_FORMATS = ['text', 'json', 'markdown', 'sarif', 'junit', 'html'] as const
export type PlanFormat = (typeof PLAN_FORMATS)[number]

export const PLAN_OUTPUTS: OutputFormats<PlanFormat> = {
  formats: PLAN_FORMATS,
  extensions: {
    '.sarif.json': 'sarif',
    '.sarif': 'sarif',
    '.json': 'json',
    '.md': 'markdown',
    '.xml': 'junit',
    '.txt': 'text',
    '.html': 'html',
  },
}

interface Printing {
  readonly terminal: Terminal
  readonly version: string
}

export async function planAs(format: PlanFormat, report: PlanReport, {terminal, version}: Printing): Promise<string> {
  if (format === 'json') return jsonText(report)
  if (format === 'html') return (await import('../../render/html/plan-page.ts')).htmlPlan(report)
  if (format === 'text') return (await import('../../render/text/text-plan.ts')).textPlan(report, terminal)
  const {junitPlan, markdownPlan, sarifPlan} = await import('../../render/formats/plan-formats.ts')
  if (format === 'markdown') return markdownPlan(report)
  return format === 'junit' ? junitPlan(report) : sarifPlan(report, version)
}
