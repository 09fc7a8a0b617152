import {createHash} from 'node:crypto'
import type {Browser} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {htmlAudit} from '../../../src/render/html/audit-page.ts'
import {htmlReports} from '../../../src/render/html/instance-page.ts'
import {STYLE, STYLE_HASH} from '../../../src/render/html/style.ts'
import {launchBrowser, overflowOf, show, textsBeyondTheirBox, violationsOf} from '../../support/browser.ts'
import {inspectedAccount, inspection} from '../../support/inspections.ts'
import {hostileReport, largeFleet, reports} from './pages.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const fleet = largeFleet()
const PAGES: readonly (readonly [string, () => string])[] = [
  ...Object.entries(reports).map(([name, list]) => [name, () => htmlReports(list)] as const),
  ['hostile names', () => htmlReports([hostileReport])],
  ['Amazon Inspector coverage', () => htmlAudit(inspection(inspectedAccount))],
  ['a fleet of 100,000', () => htmlAudit(fleet)],
]

describe.each(PAGES)('the page of %s', (_, made) => {
  const html = made()

  it.each([
    {width: 1400, colorScheme: 'light', media: 'screen'},
    {width: 400, colorScheme: 'dark', media: 'screen'},
    {width: 1000, colorScheme: 'dark', media: 'print'},
  ] as const)('requests nothing, logs no errors and fits: $width pixels, $colorScheme, $media', async (view) => {
    const {page, complaints, requests} = await show(browser, html, view)
    expect(requests).toEqual([])
    expect(complaints).toEqual([])
    expect(await overflowOf(page)).toBe(0)
    expect(await textsBeyondTheirBox(page)).toEqual([])
    await page.close()
  })

  it.each(['light', 'dark'] as const)('is accessible in %s colors', async (colorScheme) => {
    const {page} = await show(browser, html, {colorScheme})
    expect(await violationsOf(page)).toEqual([])
    await page.close()
  })
})

it('shows hostile names as text', async () => {
  const {page} = await show(browser, htmlReports([hostileReport]))
  expect(await page.title()).toContain('<script>')
  expect(await page.locator('script, img').count()).toBe(0)
  await page.close()
})

it('applies its own style and no other', async () => {
  expect(STYLE_HASH).toBe(`sha256-${createHash('sha256').update(STYLE).digest('base64')}`)
  const page = htmlReports(reports.healthy).replace('<style>', '<style>body{display:none}</style><style>')
  const {complaints} = await show(browser, page)
  expect(complaints.join()).toContain('Content Security Policy')
})

it('is reported by the same rules if an image has no text', async () => {
  const {page} = await show(browser, htmlReports(reports.healthy).replace('<main>', '<main><img>'))
  expect((await violationsOf(page)).join()).toContain('image-alt')
  await page.close()
})

it('links each hop of the picture to its sentence', async () => {
  const {page} = await show(browser, htmlReports(reports.hub))
  const broken = await page.evaluate(() => {
    const {document} = globalThis as unknown as {
      document: {
        querySelectorAll(query: string): Iterable<{getAttribute(name: string): string}>
        querySelector(query: string): unknown
      }
    }
    return [...document.querySelectorAll('svg a')]
      .map((a) => a.getAttribute('href'))
      .filter((href) => !document.querySelector(href))
  })
  expect(broken).toEqual([])
  await page.close()
})

describe('a fleet of 100,000 instances in 500 accounts and eight Regions', () => {
  it('makes less than 500 kB', () => {
    expect(Buffer.byteLength(htmlAudit(fleet))).toBeLessThan(500_000)
  })

  it('is the same text for the same report', () => {
    expect(htmlAudit(fleet)).toBe(htmlAudit(structuredClone(fleet)))
  })
})
