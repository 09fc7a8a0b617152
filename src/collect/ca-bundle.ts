import {readFileSync} from 'node:fs'
import {codeOf} from '../util/error-code.ts'
import {accessError} from './errors.ts'
import {caBundleOf} from './profile-settings.ts'

/**
 * The certificate authorities that AWS_CA_BUNDLE or the profile names instead of those of Node.js, as for the AWS CLI.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 */
export async function caBundle(profile: string | undefined): Promise<{readonly ca?: string}> {
  const file = await caBundleOf(profile)
  if (!file) return {}
  const setting = file === process.env.AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : 'ca_bundle of the AWS configuration'
  const ca = contentOf(file, setting)
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(ca))
    throw accessError(`${setting} names ${file}, which has no certificate in PEM format.`)
  return {ca}
}

function contentOf(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw accessError(`${setting} names ${file}, which cannot be read (${codeOf(error)}).`, error)
  }
}
