import {createServer as createProxy, type IncomingHttpHeaders, request} from 'node:http'
import {type AddressInfo, createServer} from 'node:net'
import {type Account, itemsOf} from '../../src/model/account.ts'
import {startServer, succeeds} from './programs.ts'

/** An independent, stateful simulation of AWS, https://docs.getmoto.org, where it is installed. */
export const hasMoto = (): boolean => succeeds('moto_server', ['--help'])
export const hasAwsCli = (): boolean => succeeds('aws', ['--version'])

export const freePort = () =>
  new Promise<number>((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address() as AddressInfo
      server.close(() => found(port))
    })
  })

export async function untilAnswering(url: string, attempts = 600): Promise<void> {
  try {
    await fetch(url)
  } catch (error) {
    if (attempts === 0) throw error
    await new Promise((next) => setTimeout(next, 50))
    await untilAnswering(url, attempts - 1)
  }
}

/** moto declares the JSON of some services, and XML of its own errors, to be HTML. */
const typed = (headers: IncomingHttpHeaders, isJson: boolean) =>
  isJson
    ? {...headers, 'content-type': 'application/x-amz-json-1.1'}
    : {...headers, 'content-type': headers['content-type']?.replace('text/html', 'text/xml')}

/** In front of moto, which does not know Route 53 Profiles: an account without any. */
async function proxyTo(port: number) {
  const proxy = createProxy((incoming, outgoing) => {
    if (incoming.url?.startsWith('/profileassociations')) {
      outgoing.writeHead(200, {'content-type': 'application/json'}).end('{"ProfileAssociations":[]}')
      return
    }
    const {method, url: path, headers} = incoming
    const onward = request({host: '127.0.0.1', port, method, path, headers}, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, typed(answer.headers, headers['x-amz-target'] !== undefined))
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
  return proxy
}

/** A separate moto, on its own port. `AWS_MANAGED` policies are loaded, as in AWS. */
export async function startMoto() {
  const port = await freePort()
  const env = {...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true'}
  const moto = startServer('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {env})
  const direct = `http://127.0.0.1:${port}`
  await untilAnswering(direct)
  const proxy = await proxyTo(port)
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    endpoint,
    /** moto itself, for programs that are run synchronously: this process cannot forward while it waits for them. */
    direct,
    /** Forgets everything. */
    reset: async (): Promise<void> => {
      await fetch(`${endpoint}/moto-api/reset`, {method: 'POST'})
    },
    stop: (): void => {
      proxy.close()
      proxy.closeAllConnections()
      moto.kill()
    },
  }
}

/**
 * moto gives the interface of an endpoint any address and the VPC's default group, and names a profile by another id.
 * `groupOf` names the group of the endpoints of a VPC.
 */
export function asAwsWould(account: Account, groupOf: (vpc: string | undefined) => string): Account {
  const profiles = itemsOf(account.InstanceProfiles)
  const idOf = (arn: string | undefined) =>
    profiles.flatMap((one) => ('InstanceProfileId' in one && one.Arn === arn ? one : []))[0]
  return {
    ...account,
    // AWS lists no endpoint that is deleted.
    VpcEndpoints: itemsOf(account.VpcEndpoints).filter(({State}) => !/delet/i.test(State)),
    Instances: itemsOf(account.Instances).map(({IamInstanceProfile: profile, ...one}) => ({
      ...one,
      ...(profile && {IamInstanceProfile: {Arn: profile.Arn, Id: idOf(profile.Arn)?.InstanceProfileId}}),
    })),
    NetworkInterfaces: itemsOf(account.NetworkInterfaces).map((one, at) => {
      const PrivateIpAddress = `10.0.1.${100 + at}`
      return {
        ...one,
        Groups: [{GroupId: groupOf(one.VpcId)}],
        PrivateIpAddress,
        PrivateIpAddresses: [{Primary: true, PrivateIpAddress}],
      }
    }),
  }
}
