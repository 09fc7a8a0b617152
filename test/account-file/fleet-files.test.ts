import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {readAccounts} from '../../src/account-file/account-file.ts'
import {SHARED, viewFor} from '../../src/account-file/fleet.ts'
import {fleetFilesIn} from '../../src/account-file/fleet-files.ts'
import {summaryOf, unanswered} from '../../src/account-file/summary.ts'
import {writeAccount} from '../../src/account-file/write-account.ts'
import {auditAccount} from '../../src/audit/audit.ts'
import {type Account, type Instance, isUnreadable, itemsOf} from '../../src/model/account.ts'
import {behindEndpoints, HUB, INSTANCE, id, instance, OWNER, VPC} from '../support/network.ts'
import {breakages, healthy} from '../support/network-breakages.ts'
import {outputOf} from '../support/programs.ts'

const OTHER = '444455556666'
const folder = mkdtempSync(join(tmpdir(), 'fleet-files-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

let count = 0
function written(...accounts: readonly Account[]): readonly string[] {
  count += 1
  return accounts.map((account, n) => {
    const path = join(folder, `${count}-${n}.json`)
    writeFileSync(path, writeAccount(account))
    return path
  })
}

const part = (account: Account, own: Account['Instances']) =>
  auditAccount(account, own, {ownerTag: 'Owner', chosen: () => true})

/** Every account examined with all of them in memory. */
async function held(files: readonly string[]) {
  const {accounts} = await readAccounts(files)
  return accounts.map((account) => part(viewFor(accounts, account), account.Instances))
}

/** Every account examined on its own, with only what was kept of the others. */
async function streamed(files: readonly string[]) {
  const {files: homes} = await fleetFilesIn(files, {})
  const parts = []
  for (const home of homes) {
    const {account, own} = await home.read()
    parts.push(part(account, own))
  }
  return parts
}

type Item = {readonly VpcId?: string; readonly Attachments?: readonly {readonly VpcId?: string}[]}
const vpcOf = ({VpcId, Attachments}: Item) => VpcId ?? Attachments?.[0]?.VpcId

/** The account with only those network resources that `isHere` accepts; resources outside a VPC stay. */
function half(account: Account, Caller: Account['Caller'], isHere: (vpcId: string) => boolean): Account {
  const kinds = SHARED.map((kind) => {
    const reading = account[kind]
    const items = (itemsOf<unknown>(reading) as readonly Item[]).filter((item) => isHere(vpcOf(item) ?? VPC))
    return [kind, isUnreadable(reading) ? reading : items]
  })
  return {...account, ...Object.fromEntries(kinds), ...(Caller && {Caller})}
}

/** Each of the two accounts has neighbors that only the text of a remedy counts. */
function neighborOf(n: number, VpcId: string, SubnetId: string, GroupId = id('sg', 1)): Instance {
  const seat = {VpcId, SubnetId, PrivateIpAddress: `10.0.1.${n % 250}`}
  const Groups = [{GroupId}]
  const one = {...seat, Groups, NetworkInterfaceId: id('eni', n), Attachment: {DeviceIndex: 0}}
  const Tags = [{Key: 'Name', Value: `neighbor ${n}`}]
  return instance({...seat, InstanceId: id('i', n), SecurityGroups: Groups, Tags, NetworkInterfaces: [one]})
}

const withInstances = (account: Account, ...more: readonly Instance[]): Account => ({
  ...account,
  Instances: [...itemsOf(account.Instances), ...more],
})

/** The spoke in one account, everything else in another. */
const hubElsewhere = (account: Account): readonly Account[] => [
  withInstances(
    half(account, {Account: OWNER}, (vpcId) => vpcId === VPC),
    neighborOf(0x71, VPC, id('subnet', 1)),
  ),
  withInstances(
    half(account, {Account: OTHER}, (vpcId) => vpcId !== VPC),
    neighborOf(0x72, HUB, id('subnet', 6), id('sg', 9)),
  ),
]

/** The network is another account's, the instance is a participant's: both see the subnets. */
function sharedSubnets(account: Account): readonly Account[] {
  const owned = {
    ...account,
    Vpcs: itemsOf(account.Vpcs).map((one) => ({...one, OwnerId: OTHER})),
    Subnets: itemsOf(account.Subnets).map((one) => ({...one, OwnerId: OTHER})),
  }
  const isOurs = ({InstanceId}: Instance) => InstanceId === INSTANCE
  const ours = itemsOf(account.Instances).filter(isOurs)
  const theirs = itemsOf(account.Instances).filter((one) => !isOurs(one))
  return [
    {...owned, Instances: [...ours, neighborOf(0x71, VPC, id('subnet', 1))]},
    {...owned, Caller: {Account: OTHER}, Instances: [...theirs, neighborOf(0x72, VPC, id('subnet', 1))]},
  ]
}

const readable = [...healthy, ...breakages].filter(({account}) => !isUnreadable(account.Instances))

describe('a file examined on its own has the same findings as with all other files in memory', () => {
  it.each(readable)('where the hub is in another account: $name', async ({account}) => {
    for (const accounts of [hubElsewhere(account), hubElsewhere(account).toReversed()]) {
      const files = written(...accounts)
      expect(await streamed(files)).toEqual(await held(files))
    }
  })

  it.each(readable)('where the subnets are shared: $name', async ({account}) => {
    for (const accounts of [sharedSubnets(account), sharedSubnets(account).toReversed()]) {
      const files = written(...accounts)
      expect(await streamed(files)).toEqual(await held(files))
    }
  })
})

describe('files', () => {
  const look = {...behindEndpoints, Caller: {Account: OWNER}}

  it('of one account, Region and time are examined separately, like the parts of a long one', async () => {
    const more = {...look, Instances: [neighborOf(0x71, VPC, id('subnet', 1))]}
    const {files: homes, notes} = await fleetFilesIn(written(look, more), {})
    const own = await Promise.all(homes.map(async ({read}) => itemsOf((await read()).own)))
    expect(own.map((list) => list.map(({InstanceId}) => InstanceId))).toEqual([[INSTANCE], [id('i', 0x71)]])
    expect(notes).toEqual([])
  })

  const later = {...look, ReadAt: '2026-11-27T12:00:00.000Z'}
  const onlyLater = async ({files: homes, notes}: Awaited<ReturnType<typeof fleetFilesIn>>, newest: string) => {
    expect(homes.map(({readAt}) => readAt)).toEqual([later.ReadAt])
    expect(itemsOf((await homes[0]!.read()).own).map(({InstanceId}) => InstanceId)).toEqual([INSTANCE])
    expect(notes).toEqual([
      `${newest} and another file list ${INSTANCE}: for each instance only the newest file counts.`,
    ])
  }

  it('of which a newer one lists every instance again are not examined, and a notice says so', async () => {
    const [first = '', second = ''] = written(look, later)
    await onlyLater(await fleetFilesIn([first, second], {}), second)
    await onlyLater(await fleetFilesIn([second, first], {}), second)
  })

  it.skipIf(process.platform === 'win32')('are compared if they are pipes, too', async () => {
    const [first = '', second = ''] = written(look, later)
    const pipe = join(folder, 'newer')
    outputOf('mkfifo', [pipe])
    const [found] = await Promise.all([fleetFilesIn([first, pipe], {}), writeFile(pipe, readFileSync(second))])
    await onlyLater(found, `The file of ${later.ReadAt}`)
  })

  it('are examined for the instances that no newer one lists, which are completed by it', async () => {
    const neighbor = neighborOf(0x71, VPC, id('subnet', 1))
    const both = {...look, Instances: [...itemsOf(look.Instances), neighbor]}
    const {files: homes, notes} = await fleetFilesIn(written(both, later), {})
    const own = await Promise.all(homes.map(async ({read}) => itemsOf((await read()).own)))
    expect(own.map((list) => list.map(({InstanceId}) => InstanceId))).toEqual([[id('i', 0x71)], [INSTANCE]])
    expect(notes).toHaveLength(1)
  })

  it('that are older and list an instance again do not complete the network of the newest', async () => {
    const gone = {...itemsOf(look.RouteTables)[0]!, RouteTableId: 'rtb-0d0c0000000000aaa'}
    const older = {
      ...look,
      Instances: [...itemsOf(look.Instances), neighborOf(0x71, VPC, id('subnet', 1))],
      RouteTables: [...itemsOf(look.RouteTables), gone],
    }
    const {files: homes} = await fleetFilesIn(written(older, later), {})
    const tables = await Promise.all(
      homes.map(async ({read}) => itemsOf((await read()).account.RouteTables).map(({RouteTableId}) => RouteTableId)),
    )
    expect(tables.map((list) => list.includes(gone.RouteTableId))).toEqual([true, false])
  })

  it('that list a hybrid node again count it once', async () => {
    const node = {InstanceId: 'mi-0123456789abcdef0', PingStatus: 'Online' as const}
    const hybrid = (account: Account): Account => ({...account, Instances: [], InstanceInformationList: [node]})
    const {files: homes} = await fleetFilesIn(written(hybrid(look), hybrid(later)), {})
    expect(homes).toHaveLength(1)
  })

  it('that are damaged do not stop the others, and are an error if there are no others', async () => {
    const bad = join(folder, 'bad.json')
    writeFileSync(bad, '{"Format": ')
    const {files: homes, damaged} = await fleetFilesIn([...written(look), bad], {})
    expect([homes.length, damaged]).toEqual([
      1,
      [expect.stringMatching(/^.*bad\.json: line 1, column 12: expected JSON/)],
    ])
    await expect(fleetFilesIn([bad], {})).rejects.toThrow('bad.json: line 1, column 12')
    await expect(fleetFilesIn([bad, bad], {})).rejects.toThrow('bad.json: line 1, column 12')
  })

  it('of the AWS CLI are one account together with the account file', async () => {
    const answer = join(folder, 'answer.json')
    writeFileSync(answer, JSON.stringify({InstanceStatuses: []}))
    expect((await fleetFilesIn([...written(look), answer], {})).files).toHaveLength(1)
  })

  it.skipIf(process.platform === 'win32')('that are pipes are read once', async () => {
    const [path = ''] = written({...look, Caller: {Account: OTHER}})
    const pipe = join(folder, 'pipe')
    outputOf('mkfifo', [pipe])
    const [{files: homes}] = await Promise.all([
      fleetFilesIn([...written(look), pipe], {}),
      writeFile(pipe, readFileSync(path)),
    ])
    expect(homes.map(({account}) => account)).toEqual([OWNER, OTHER])
    const {own} = await homes[1]!.read()
    expect(itemsOf(own)).toHaveLength(1)
  })

  it('keep no ordinary instance in memory', () => {
    const {account: outline} = summaryOf({...look, Instances: [neighborOf(0x71, VPC, id('subnet', 1))]})
    expect([outline.Instances, outline.Roles, outline.InstanceInformationList]).toEqual([[], [], []])
    expect(outline.RouteTables).toBe(look.RouteTables)
  })

  it('keep the instance that a private hosted zone of another file answers with', () => {
    const proxy = {...look, Instances: [neighborOf(0x71, VPC, id('subnet', 1))]}
    const zone = {
      ...{Id: 'Z1', Name: 'amazonaws.com.'},
      ResourceRecordSets: [{Name: 'ssm.eu-west-1.amazonaws.com.', Type: 'A', ResourceRecords: [{Value: '10.0.1.113'}]}],
    } as const
    const first = [proxy, {...look, Vpcs: [], Subnets: [], Caller: {Account: OTHER}, HostedZones: [zone]}].map((one) =>
      summaryOf(one),
    )
    expect(itemsOf(first[0]!.account.Instances)).toEqual([])
    expect([...unanswered(first)]).toEqual(['10.0.1.113'])
    expect(itemsOf(summaryOf(proxy, unanswered(first)).account.Instances)).toMatchObject([{InstanceId: id('i', 0x71)}])
  })
})

it('an account of several is kept until it is examined if memory allows, and its file is not read again', async () => {
  const files = written(behindEndpoints, {...behindEndpoints, Caller: {Account: OTHER}})
  const {files: homes} = await fleetFilesIn(files, {})
  for (const file of files) rmSync(file)
  for (const home of homes)
    expect(itemsOf((await home.read()).own)).toHaveLength(itemsOf(behindEndpoints.Instances).length)
  await expect(homes[0]!.read()).rejects.toThrow('there is no such file')
})
