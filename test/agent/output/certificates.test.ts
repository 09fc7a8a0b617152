import {expect, it} from 'vitest'
import {certificatesIn} from '../../../src/agent/output/certificates.ts'
import {logSignals} from '../../../src/agent/output/log.ts'

const SSM = 'ssm.us-east-1.amazonaws.com'
const issuersIn = (...lines: readonly string[]) => certificatesIn(lines.join('\n')).map(({issuer}) => issuer)

it.each([
  ['curl', `*  subject: CN=${SSM}`, '*  expire date: Dec 10 23:59:59 2026 GMT', '*  issuer: C=US; O=Zscaler Inc.'],
  ['openssl', `subject=CN = ${SSM}`, 'issuer=C=US; O=Zscaler Inc.'],
  ['PowerShell', 'Issuer  : C=US; O=Zscaler Inc.', `Subject : CN=${SSM}`],
])('%s shows who intercepts TLS', (_, ...lines) => {
  expect(issuersIn(...lines)).toEqual(['C=US; O=Zscaler Inc.'])
  expect(logSignals([{file: 'a', text: lines.join('\n')}])).toMatchObject([
    {kind: 'tls-trust', service: 'ssm', issuer: 'C=US; O=Zscaler Inc.', isTest: true},
  ])
})

it('shows no one where Amazon issued it, or for another host', () => {
  // Without its own subject, an issuer is that of another certificate.
  const ofAmazon = [`*  subject: CN=${SSM}`, '*  issuer: C=US; O=Amazon; CN=Amazon RSA 2048 M02']
  expect(issuersIn(...ofAmazon)).toEqual([])
  expect(issuersIn('*  issuer: C=US; O=Example', ...ofAmazon)).toEqual([])
  expect(issuersIn(`*  subject: CN=${SSM}`, '*  subject: CN=*.example.com', '*  issuer: O=Example')).toEqual([])
  expect(logSignals([{file: 'a', text: '*  subject: CN=www.example.com\n*  issuer: C=US; O=Example'}])).toEqual([])
})

it('shows no one where the last certificate of the host is from Amazon again', () => {
  const intercepted = [`*  subject: CN=${SSM}`, '*  issuer: C=US; O=Zscaler Inc.']
  const ofAmazon = [`*  subject: CN=${SSM}`, '*  issuer: C=US; O=Amazon; CN=Amazon RSA 2048 M01']
  expect(issuersIn(...intercepted, ...ofAmazon)).toEqual([])
  expect(issuersIn(...ofAmazon, ...intercepted)).toEqual(['C=US; O=Zscaler Inc.'])
  const ofOther = ofAmazon.map((line) => line.replace(SSM, 'ssmmessages.us-east-1.amazonaws.com'))
  expect(issuersIn(...intercepted, ...ofOther)).toEqual(['C=US; O=Zscaler Inc.'])
})

it('is evidence beside the error of the same host', () =>
  expect(
    logSignals([
      {
        file: 'a',
        text: `$ curl https://${SSM}\ncurl: (60) SSL certificate problem\n* subject: CN=${SSM}\n* issuer: O=Zscaler`,
      },
    ]).map(({kind, issuer}) => `${kind} ${issuer}`),
  ).toEqual(['tls-trust undefined', 'tls-trust O=Zscaler']))

it('is shown without secrets and control characters', () =>
  expect(issuersIn(`* subject: CN=${SSM}`, '* issuer: O=\u001b[31mX password=a1b2c3d4 \u0007y')).toEqual([
    'O= [31mX password=[redacted]  y',
  ]))

it('reads certificates of many hosts in linear time', () => {
  const many = Array.from({length: 40_000}, (_, at) => `* subject: CN=h${at}.example.com\n* issuer: O=Example`)
  expect(certificatesIn(many.join('\n'))).toHaveLength(40_000)
}, 15_000)
