import {accessError} from './errors.ts'

/** The variables that name a proxy for HTTPS; the AWS CLI reads no other. */
export const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy'] as const

/** Whether one of them is set. A proxy may have a password in its URL, so a value that is none is not repeated. */
export function isProxySet(): boolean {
  const isSet = PROXY_VARIABLES.filter((name) => process.env[name])
  const wrong = isSet.find((name) => !isProxyUrl(process.env[name] ?? ''))
  if (wrong !== undefined)
    throw accessError(`${wrong} is not the URL of an HTTP proxy; use one such as http://proxy.example.com:8080.`)
  return isSet.length > 0
}

function isProxyUrl(value: string): boolean {
  const url = value.includes('://') ? value : `http://${value}`
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
