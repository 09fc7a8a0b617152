import {withNew} from '../../model/joins.ts'
import type {Change} from '../core/change.ts'
import {type Answer, answer} from '../core/remedy.ts'

const zoneVariable = (name: string): string => `ZONE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
export const createdZone = (name: string): {readonly id: string; readonly input: Answer} => ({
  id: `NEWZONE${name.toUpperCase().replace(/[^A-Z0-9]/g, '')}`.slice(0, 32),
  input: answer(zoneVariable(name)),
})

/** A private zone for one name. https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html */
export const createPrivateZone = (Name: string, VPCId: string, VPCRegion: string): Change => ({
  steps: [
    {
      service: 'route53',
      operation: 'CreateHostedZone',
      input: {
        Name,
        VPC: {VPCRegion, VPCId},
        CallerReference: `ssm-doctor ${VPCId} ${Name}`,
        HostedZoneConfig: {PrivateZone: true},
      },
      save: {as: zoneVariable(Name), query: 'HostedZone.Id'},
    },
  ],
  undo: [{service: 'route53', operation: 'DeleteHostedZone', input: {Id: answer(zoneVariable(Name))}}],
  apply: (account) =>
    withNew(account, 'HostedZones', {
      Id: createdZone(Name).id,
      Name: `${Name}.`,
      VPCs: [{VPCId, VPCRegion}],
      ResourceRecordSets: [],
    }),
})
