/** With its account. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const ROLE_ARN = /^arn:[\w-]+:iam::(\d{12}):role\/[\w+=,.@/-]+$/
