type Next = (args: unknown) => Promise<unknown>

/** No AWS service called here returns an HTML page. */
const HTML = /^\s*(?:text\/html|application\/xhtml)/i

/** A page from a proxy or a sign-in would otherwise be parsed as a response without any data. */
export const refuseHtml = {
  applyToStack(stack: {add(step: unknown, options: object): void}) {
    const step = (next: Next) => async (args: unknown) => {
      const answer = await next(args)
      const {statusCode, headers, body} = responseIn(answer)
      if (!HTML.test(headers?.['content-type'] ?? '')) return answer
      // An unread page would keep its connection, and the process, open.
      body?.destroy?.()
      throw Object.assign(new Error(`an HTML page with status ${statusCode}`), {
        name: 'HtmlAnswer',
        $metadata: {httpStatusCode: statusCode},
      })
    }
    stack.add(step, {step: 'deserialize', priority: 'low', name: 'refuseHtml', override: true})
  },
}

interface Response {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: {readonly destroy?: () => void}
}

const responseIn = (answer: unknown): Response =>
  (typeof answer === 'object' && answer !== null && 'response' in answer && (answer.response as Response)) || {}
