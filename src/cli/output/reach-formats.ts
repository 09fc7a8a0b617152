import type {ReachReport} from '../../reach/reach.ts'
import {jsonText} from '../../render/formats/json.ts'
import {formatsFor} from './output-files.ts'

export const REACH_FORMATS = formatsFor<ReachReport>()({
  text: {
    extensions: ['.txt'],
    text: async (report, {terminal}) => (await import('../../render/text/reach.ts')).textReach(report, terminal),
  },
  json: {extensions: ['.json'], text: (report) => jsonText(report)},
  html: {
    extensions: ['.html'],
    text: async (report) => (await import('../../render/html/reach-page.ts')).htmlReach(report),
  },
})
