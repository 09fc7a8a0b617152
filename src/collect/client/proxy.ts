import {NodeHttpHandler, type NodeHttpHandlerOptions} from '@smithy/node-http-handler'
import {HttpsProxyAgent} from 'https-proxy-agent'
import {getProxyForUrl} from 'proxy-from-env'
import {remembered} from '../../util/memo.ts'
import {PROXY_VARIABLES} from './proxy-variables.ts'

/**
 * Requests through the proxy that HTTPS_PROXY names, except to hosts in NO_PROXY, as the AWS CLI sends them.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
 */
export function throughProxy(
  options: NodeHttpHandlerOptions & {readonly httpsAgent: {readonly ca?: string}},
): Pick<NodeHttpHandler, 'metadata' | 'handle' | 'destroy'> {
  const direct = new NodeHttpHandler(options)
  const through = remembered(
    (proxy: string) =>
      new NodeHttpHandler({
        ...options,
        httpsAgent: new HttpsProxyAgent(proxy, {...options.httpsAgent, keepAlive: true}),
      }),
  )
  return {
    metadata: direct.metadata,
    handle: (request, settings) => {
      const {protocol, hostname, port} = request
      const proxy = protocol === 'https:' ? proxyFor(`https://${hostname}:${port ?? 443}`) : ''
      return (proxy === '' ? direct : through(proxy)).handle(request, settings)
    },
    destroy: () => direct.destroy(),
  }
}

/** Without a scheme it is HTTP, in which most proxies are asked for a tunnel. */
function proxyFor(url: string): string {
  const proxy = getProxyForUrl(url)
  const isWritten = PROXY_VARIABLES.some((name) => process.env[name] === proxy)
  return isWritten ? proxy : proxy.replace(/^https:/, 'http:')
}
