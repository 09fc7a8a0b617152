import {readFileSync} from 'node:fs'
import chromium from '@sparticuz/chromium'
import {type Browser, type Page, chromium as playwright} from 'playwright-core'

/** Browsers of the package share one process, which ends with its first page. Root needs --no-sandbox. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']

/** The browser in an npm package: nothing is downloaded. */
export const launchBrowser = async (): Promise<Browser> =>
  playwright.launch({executablePath: await chromium.executablePath(), args: ARGUMENTS, headless: true})

export interface Shown {
  readonly page: Page
  /** What the page wrote to the console, violations of its Content-Security-Policy included. */
  readonly complaints: readonly string[]
  /** Every address that the page requested, except its own. */
  readonly requests: readonly string[]
}

export interface View {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly media?: 'screen' | 'print'
}

const ADDRESS = 'http://report.invalid/'

/** Shows the page under an address that nothing else answers, and records what it does. */
export async function show(
  browser: Browser,
  html: string,
  {width = 1400, colorScheme = 'light', media = 'screen'}: View = {},
): Promise<Shown> {
  const page = await browser.newPage({viewport: {width, height: 900}, colorScheme})
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.route('**/*', (route) => {
    const address = route.request().url()
    if (address === ADDRESS) return route.fulfill({contentType: 'text/html; charset=utf-8', body: html})
    requests.push(address)
    return route.abort()
  })
  await page.emulateMedia({media, colorScheme})
  await page.goto(ADDRESS)
  return {page, complaints, requests}
}

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** The rules of WCAG 2.2 AA that the page breaks, with the first element that does. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const {axe} = globalThis as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{violations: readonly {id: string; nodes: readonly {html: string; failureSummary: string}[]}[]}>
      }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const {violations} = await axe.run({runOnly: {type: 'tag', values: tags}})
    return violations.map(({id, nodes}) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`)
  })
}

/** Overflow of the window: the width that the page takes beyond its viewport, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const {documentElement: root} = (
      globalThis as unknown as {document: {documentElement: {scrollWidth: number; clientWidth: number}}}
    ).document
    return root.scrollWidth - root.clientWidth
  })

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
interface Drawn {
  readonly textContent: string
  getBBox(): Box
}
interface Figure {
  querySelectorAll(what: string): Iterable<Drawn>
}

/** Texts in figures that are wider than the box in which they start. */
export const textsBeyondTheirBox = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const {document} = globalThis as unknown as {document: {querySelectorAll(what: string): Iterable<Figure>}}
    const isIn = (text: Box, box: Box) =>
      text.x >= box.x && text.x <= box.x + box.width && text.y >= box.y && text.y <= box.y + box.height
    return [...document.querySelectorAll('svg')].flatMap((figure) => {
      const boxes = [...figure.querySelectorAll('rect')].map((rect) => rect.getBBox())
      return [...figure.querySelectorAll('text')].flatMap((drawn) => {
        const text = drawn.getBBox()
        const [box] = boxes.filter((one) => isIn(text, one)).sort((a, b) => a.width - b.width)
        return box !== undefined && text.x + text.width > box.x + box.width ? [drawn.textContent] : []
      })
    })
  })
