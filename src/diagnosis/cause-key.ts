/** Two findings are the same if they have the same cause and resource. */
export const findingKey = ({cause, resource}: {readonly cause: string; readonly resource: string}): string =>
  `${cause} ${resource}`

/** The same of causes in reports. */
export const causeKey = ({id, resource}: {readonly id: string; readonly resource: string}): string =>
  findingKey({cause: id, resource})
