import {accessError} from './errors.ts'

/** The variables that name a proxy for HTTPS. */
export const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const

/** Whether one of them is set. A proxy may have a password in its URL, so a value that is none is not repeated. */
export function isProxySet(): boolean {
  const values = PROXY_VARIABLES.map((name) => [name, process.env[name] ?? ''] as const)
  const wrong = values.find(([, value]) => value !== '' && !isProxyUrl(value))
  if (wrong !== undefined)
    throw accessError(`${wrong[0]} is not the URL of an HTTP proxy; use one such as http://proxy.example.com:8080.`)
  return values.some(([, value]) => value !== '')
}

function isProxyUrl(value: string): boolean {
  const url = value.includes('://') ? value : `http://${value}`
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
