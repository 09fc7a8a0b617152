/** The last part of an ARN or of a path: the id or the name of the resource. */
export const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
