import {jsonReports} from '../../render/formats/json.ts'
import type {PrintedExamination} from '../run/examination.ts'
import {formatsFor} from './output-files.ts'
import {textReports} from './text-reports.ts'

const reportsOf = (examined: readonly PrintedExamination[]) => examined.map(({report}) => report)

/** The reports on instances, in the order in which they were requested. */
export const REPORT_FORMATS = formatsFor<readonly PrintedExamination[]>()({
  text: {
    extensions: ['.txt'],
    text: textReports,
  },
  json: {
    extensions: ['.json'],
    text: (examined) => jsonReports(reportsOf(examined)),
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
