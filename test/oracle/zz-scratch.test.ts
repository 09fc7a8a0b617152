import {readFileSync, readdirSync} from 'node:fs'
import {it} from 'vitest'
import fc from 'fast-check'
import {judge} from './judge.ts'
import {network, INSTANCE} from './arbitrary.ts'
it('cases', () => {
  const dir = '/work/shared/cases/'
  const expectd = JSON.parse(readFileSync(dir + 'expect.json', 'utf8'))
  for (const f of readdirSync(dir).filter((f) => f !== 'expect.json')) {
    const raw = JSON.parse(readFileSync(dir + f, 'utf8'))
    const e = expectd[f.replace('.json','')]
    const inst = raw.Instances.find((i: any) => i.InstanceId === e.instance) 
    if (!inst) { console.log(f, 'no instance'); continue }
    let line = f.padEnd(40)
    for (const s of ['ssm','ssmmessages','s3']) {
      try { const j = judge(raw, inst, `${s}.${raw.Region ?? 'us-east-1'}.amazonaws.com`, 443)
      line += ` ${s}:${j.resolved}:${[...j.outcomes].join('+')}` } catch (er: any) { line += ` ${s}:!!${er.message}` }
    }
    console.log(line, JSON.stringify(e.expect.blocks), JSON.stringify(e.expect.degrades), JSON.stringify(e.expect.undecided))
  }
})
it('spread', () => {
  const counts: Record<string, number> = {}
  const t = Date.now()
  for (const a of fc.sample(network, 1000)) {
    const inst = (a.Instances as any)[0]
    for (const s of ['ssm', 's3']) {
    const j = judge(a, inst, s+'.us-east-1.amazonaws.com', 443)
    const k = `${s} ${j.resolved} ${[...j.outcomes].sort().join('+')}`
    counts[k] = (counts[k] ?? 0) + 1 }
  }
  console.log(Date.now() - t, 'ms', counts)
})
