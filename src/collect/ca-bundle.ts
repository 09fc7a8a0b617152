import {readFileSync} from 'node:fs'
import {codeOf} from '../util/error-code.ts'
import {accessError} from './errors.ts'

/**
 * The certificate authorities that AWS_CA_BUNDLE names instead of those of Node.js, as for the AWS CLI.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 */
export function caBundle(): {readonly ca?: string} {
  const file = process.env.AWS_CA_BUNDLE
  if (!file) return {}
  const ca = contentOf(file)
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(ca))
    throw accessError(`AWS_CA_BUNDLE names ${file}, which has no certificate in PEM format.`)
  return {ca}
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw accessError(`AWS_CA_BUNDLE names ${file}, which cannot be read (${codeOf(error)}).`, error)
  }
}
