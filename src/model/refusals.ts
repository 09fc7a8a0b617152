/** EC2 returns UnauthorizedOperation, IAM AccessDenied and Systems Manager AccessDeniedException. */
const REFUSALS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'UnauthorizedOperation',
])

/** Whether an error by this name means that the caller is not authorized to make the call. */
export const isRefusalName = (name: string | undefined): boolean => name !== undefined && REFUSALS.has(name)
