/** Domain names are compared case-insensitively, without a trailing dot. */
export const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** Route 53 writes the asterisk of a wildcard as an octal escape. */
export const recordName = (name: string): string => withoutDot(name.replaceAll('\\052', '*'))

/** Whether a host is a domain or is below it; the root covers every host. */
export function isWithin(host: string, domain: string): boolean {
  const name = withoutDot(domain)
  return name === '' || name === host || host.endsWith(`.${name}`)
}

export const labelCount = (domain: string): number => withoutDot(domain).split('.').filter(Boolean).length

/** Whether a name, possibly with a leading wildcard, matches a host. */
export function matchesName(pattern: string, host: string): boolean {
  const name = recordName(pattern)
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : name === host
}

/** The id of a hosted zone as Route 53 lists it. */
export const hostedZoneId = (id: string): string => (id.startsWith('/hostedzone/') ? id : `/hostedzone/${id}`)
