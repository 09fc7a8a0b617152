import {counted} from '../../util/counted.ts'

/**
 * List prices in US dollars for US East (N. Virginia). Other Regions differ, so no number is shown for them.
 */
const PRICES = {
  region: 'us-east-1',
  asOf: '2026-05',
  /** For each Availability Zone; the price per GB is that of the first petabyte. */
  interfaceEndpoint: {hour: '0.01', gigabyte: '0.01', page: 'https://aws.amazon.com/privatelink/pricing/'},
  natGateway: {hour: '0.045', gigabyte: '0.045', page: 'https://aws.amazon.com/vpc/pricing/'},
  publicAddress: {hour: '0.005', page: 'https://aws.amazon.com/vpc/pricing/'},
} as const

/** What is billed, with its price where that is known. */
const priced = (region: string, what: string, amount: string, page: string): string =>
  region === PRICES.region ? `${what}: ${amount} (list price of ${PRICES.region}, ${PRICES.asOf}, ${page})` : what

export function endpointCost(region: string, endpoints: number, zones: number): string {
  const what = `${counted(endpoints, 'endpoint')} in ${counted(zones, 'zone')}, billed by the hour for each endpoint and zone, and per GB`
  const {hour, gigabyte, page} = PRICES.interfaceEndpoint
  return priced(region, what, `${endpoints * zones} × $${hour} an hour and $${gigabyte} per GB`, page)
}

export function natGatewayCost(region: string): string {
  const {hour, gigabyte, page} = PRICES.natGateway
  const amount = `$${hour} and $${PRICES.publicAddress.hour} an hour and $${gigabyte} per GB`
  return priced(region, 'A NAT gateway and its public address, billed by the hour, and per GB', amount, page)
}

export const publicAddressCost = (region: string): string =>
  priced(
    region,
    'A public IPv4 address, billed by the hour',
    `$${PRICES.publicAddress.hour} an hour`,
    PRICES.publicAddress.page,
  )

export const NO_COST = 'No charge'
