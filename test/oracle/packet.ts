export const TCP = 6

/** One packet of one connection, as a router sees it. */
export interface Packet {
  readonly source: string
  readonly destination: string
  readonly sourcePort: number
  readonly destinationPort: number
  readonly protocol: number
}

export const replyTo = ({source, destination, sourcePort, destinationPort, protocol}: Packet): Packet => ({
  source: destination,
  destination: source,
  sourcePort: destinationPort,
  destinationPort: sourcePort,
  protocol,
})

/** One name for a flow, in either direction. */
export const flowOf = ({source, destination, sourcePort, destinationPort, protocol}: Packet): string =>
  [`${source} ${sourcePort}`, `${destination} ${destinationPort}`, `${protocol}`].sort().join(' - ')
