import type {PlanReport} from '../../plan/plan-report.ts'
import {jsonText} from '../../render/formats/json.ts'
import {formatsFor} from './output-files.ts'

const loadFormats = () => import('../../render/formats/plan-formats.ts')

export const PLAN_FORMATS = formatsFor<PlanReport>()({
  text: {
    extensions: ['.txt'],
    text: async (report, {terminal}) => (await import('../../render/text/plan.ts')).textPlan(report, terminal),
  },
  json: {extensions: ['.json'], text: (report) => jsonText(report)},
  markdown: {extensions: ['.md'], text: async (report) => (await loadFormats()).markdownPlan(report)},
  sarif: {
    extensions: ['.sarif', '.sarif.json'],
    text: async (report, {version}) => (await loadFormats()).sarifPlan(report, version),
  },
  junit: {extensions: ['.xml'], text: async (report) => (await loadFormats()).junitPlan(report)},
  html: {
    extensions: ['.html'],
    text: async (report) => (await import('../../render/html/plan-page.ts')).htmlPlan(report),
  },
})

export type PlanFormat = keyof typeof PLAN_FORMATS
