/** The partitions that anyone can have accounts in. */
export const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'] as const

/** With its account. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const ROLE_ARN = /^arn:[\w-]+:iam::(\d{12}):role\/[\w+=,.@/-]+$/

/** Its name, with its path if it has one. */
export const ROLE_NAME = /^[\w+=,.@/-]+$/

/** The account in an ARN; empty if there is none. */
export const accountOf = (arn: string): string => arn.split(':')[4] ?? ''

/** The Region in an ARN; empty if there is none. */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? ''

/** The ARN of a role that is named with its path, which AWS writes with or without the leading slash. */
export const roleArnIn = (partition: string, account: string, name: string): string =>
  `arn:${partition}:iam::${account}:role/${name.replace(/^\//, '')}`

/**
 * Service-linked roles, and those that IAM Identity Center creates: IAM rejects any other change of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
export const isProtectedRole = (arn: string): boolean => /:role\/aws-(?:service-role|reserved)\//.test(arn)
