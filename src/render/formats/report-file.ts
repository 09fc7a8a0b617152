/** One of several files that a report is split into. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}
