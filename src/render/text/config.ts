import {plain} from '../../util/plain-text.ts'
import type {Terminal} from './terminal.ts'
import {columnsOf, padTo, wrap} from './width.ts'

interface Shown {
  readonly key: string
  readonly values: readonly string[]
  readonly from: string
  readonly command?: string
}

/** The defaults in effect, or how to set some. */
export function configText(
  defaults: readonly Shown[],
  keys: readonly (readonly [key: string, variable: string])[],
  {columns, paint}: Terminal,
): string {
  if (defaults.length === 0)
    return [
      ...wrap(
        'No defaults are set. Put some in .ssm-doctor.json, such as {"region": ["eu-west-1"]}, or in variables:',
        columns,
      ),
      ...keys.map(([key, variable]) => `  ${padTo(16, key)}  ${variable}`),
    ].join('\n')
  const rows = defaults.map(({key, values, from, command}) => [
    key,
    plain(values.join(', ')),
    `${plain(from)}${command === undefined ? '' : ` (${command})`}`,
  ])
  const widths = [0, 1].map((at) => Math.max(...rows.map((cells) => columnsOf(cells[at] ?? ''))))
  return rows
    .map(
      ([key = '', value = '', from = '']) =>
        `${padTo(widths[0] ?? 0, key)}  ${padTo(widths[1] ?? 0, value)}  ${paint('dim', from)}`,
    )
    .join('\n')
}
