import {isObject, parsedJson} from '../util/json.ts'
import type {PolicyDocument} from './account.ts'

function fromJson(text: string): PolicyDocument | undefined {
  const value = parsedJson(text)
  return isObject(value) ? value : undefined
}

function fromUrlEncoding(text: string): PolicyDocument | undefined {
  try {
    return fromJson(decodeURIComponent(text))
  } catch {
    return undefined
  }
}

/**
 * A policy document as an object, in any of its formats. IAM's API returns URL-encoded JSON, EC2's endpoints plain JSON
 * text, the AWS CLI an object: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function decodeDocument(raw: unknown): PolicyDocument {
  if (isObject(raw)) return raw
  if (typeof raw !== 'string') return JSON.stringify(raw) ?? ''
  return fromJson(raw) ?? fromUrlEncoding(raw) ?? raw
}
