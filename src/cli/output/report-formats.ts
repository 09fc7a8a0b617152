import type {PrintedExamination} from '../run/examination.ts'
import {formatsFor, namesOf} from './output-files.ts'

const reportsOf = (examined: readonly PrintedExamination[]) => examined.map(({report}) => report)

/** The reports on instances, in the order in which they were requested. */
export const REPORT_FORMATS = formatsFor<readonly PrintedExamination[]>()({
  text: {
    extensions: ['.txt'],
    text: async (examined, {terminal}) => (await import('./text-reports.ts')).textReports(examined, {terminal}),
  },
  json: {
    extensions: ['.json'],
    text: async (examined) => (await import('../../render/formats/json.ts')).jsonReports(reportsOf(examined)),
  },
  html: {
    extensions: ['.html'],
    text: async (examined) => (await import('../../render/html/instance-page.ts')).htmlReports(reportsOf(examined)),
  },
  markdown: {
    extensions: ['.md'],
    text: async (examined) =>
      (await import('../../render/formats/markdown-report.ts')).markdownReports(reportsOf(examined)),
  },
})

export type ReportFormat = keyof typeof REPORT_FORMATS

export const REPORT_FORMAT_NAMES = namesOf(REPORT_FORMATS)
