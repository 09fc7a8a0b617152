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

/** The last part of an ARN or of a path: the id of the resource. */
export const lastPart = (arn: string): string => arn.split('/').at(-1) ?? arn
