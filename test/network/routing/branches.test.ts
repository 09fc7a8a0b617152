import {expect, it} from 'vitest'
import {PUBLIC} from '../../../src/network/address.ts'
import type {Flow} from '../../../src/network/context.ts'
import {branchesOf} from '../../../src/network/routing/branches.ts'
import {NAT, s3Route, to} from '../../support/network.ts'

const Entries = [{Cidr: '52.216.0.0/15'}]
const lists = [{PrefixListId: s3Route.DestinationPrefixListId ?? '', Entries}]

it('a route to a gateway endpoint is a branch for services that have one, whichever service is asked for first', () => {
  const routes = [to('0.0.0.0/0', {NatGatewayId: NAT}), s3Route]
  const readings = {ManagedPrefixLists: lists, Region: 'eu-west-1'}
  const targetsFor = (service: string) =>
    branchesOf({readings, service, family: 4, destination: PUBLIC[4]} as unknown as Flow, routes).map(
      ({route}) => route?.NatGatewayId ?? route?.GatewayId,
    )
  const answers = {ssm: [NAT], s3: [NAT, s3Route.GatewayId]}
  expect({ssm: targetsFor('ssm'), s3: targetsFor('s3')}).toEqual(answers)
  expect({s3: targetsFor('s3'), ssm: targetsFor('ssm')}).toEqual(answers)
})

it('a route to the gateway endpoint of S3 is none for DynamoDB, whichever service is asked for first', () => {
  const PrefixListName = 'com.amazonaws.eu-west-1.s3'
  const readings = {ManagedPrefixLists: lists.map((list) => ({...list, PrefixListName})), Region: 'eu-west-1'}
  const targetsFor = (service: string) =>
    branchesOf({readings, service, family: 4, destination: PUBLIC[4]} as unknown as Flow, [s3Route]).map(
      ({route}) => route?.GatewayId,
    )
  expect({s3: targetsFor('s3'), dynamodb: targetsFor('dynamodb')}).toEqual({
    s3: [undefined, s3Route.GatewayId],
    dynamodb: [undefined],
  })
})

it('a route to the gateway endpoint of S3 Express One Zone is none for S3', () => {
  const PrefixListName = 'com.amazonaws.eu-west-1.s3express'
  const readings = {ManagedPrefixLists: lists.map((list) => ({...list, PrefixListName})), Region: 'eu-west-1'}
  const flow = {readings, service: 's3', family: 4, destination: PUBLIC[4]} as unknown as Flow
  expect(branchesOf(flow, [s3Route]).map(({route}) => route?.GatewayId)).toEqual([undefined])
})
