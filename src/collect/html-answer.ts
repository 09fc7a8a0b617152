type Next = (args: unknown) => Promise<unknown>

/** No service of AWS that is asked here answers with a page. */
const HTML = /^\s*(?:text\/html|application\/xhtml)/i

/** A page of a proxy or of a sign-in would otherwise be parsed as an answer that lacks everything. */
export const refuseHtml = {
  applyToStack(stack: {add(step: unknown, options: object): void}) {
    const step = (next: Next) => async (args: unknown) => {
      const answer = await next(args)
      const {statusCode, headers, body} = responseIn(answer)
      if (!HTML.test(headers?.['content-type'] ?? '')) return answer
      // A page that nobody reads would keep its connection, and the process, open.
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
