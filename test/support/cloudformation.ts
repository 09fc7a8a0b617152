import {loadAwsServiceSpecSync} from '@aws-cdk/aws-service-spec'
import {isObject, type JsonObject} from '../../src/util/json.ts'
import {parseYaml} from './yaml.ts'

const spec = loadAwsServiceSpecSync()
type Resource = ReturnType<typeof typeNamed>
type Properties = NonNullable<Resource>['properties']
type PropertyType = Properties[string]['type']

const typeNamed = (name: string) => spec.lookup('resource', 'cloudFormationType', 'equals', name)[0]

export interface Template {
  readonly [name: string]: {
    readonly Type: string
    readonly Properties?: JsonObject
    readonly DependsOn?: string | readonly string[]
  }
}

/** A placeholder for a value that CloudFormation fills in, or that a user's template already contains. */
const isOpen = (value: unknown): boolean =>
  (isObject(value) && ['Ref', 'Fn::GetAtt', 'Fn::Select', 'Fn::Sub', 'Fn::If'].some((key) => key in value)) ||
  (typeof value === 'string' && /^\(the existing items/.test(value))

function faultsOfValue(value: unknown, type: PropertyType, at: string): readonly string[] {
  if (isOpen(value)) return []
  const wrong = [`${at}: ${JSON.stringify(value)} is no ${type.type}`]
  switch (type.type) {
    case 'string':
      return typeof value === 'string' ? allowed(value, type.allowedValues, at) : wrong
    case 'number':
    case 'integer':
      return typeof value === 'number' ? [] : wrong
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong
    case 'json':
      return isObject(value) || typeof value === 'string' ? [] : wrong
    case 'array':
      return Array.isArray(value) ? value.flatMap((one, n) => faultsOfValue(one, type.element, `${at}[${n}]`)) : wrong
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, one]) => faultsOfValue(one, type.element, `${at}.${key}`))
        : wrong
    case 'ref':
      return isObject(value)
        ? faultsOfMembers(value, spec.get('typeDefinition', type.reference.$ref).properties, at, true)
        : wrong
    case 'union': {
      const each = type.types.map((one) => faultsOfValue(value, one, at))
      return each.some((faults) => faults.length === 0) ? [] : (each[0] ?? wrong)
    }
    default:
      return [`${at}: ${type.type} is not expected here`]
  }
}

const allowed = (value: string, values: readonly string[] | undefined, at: string): readonly string[] =>
  values === undefined || values.includes(value) ? [] : [`${at}: ${value} is none of ${values.join(', ')}`]

function faultsOfMembers(members: JsonObject, properties: Properties, at: string, isWhole: boolean): readonly string[] {
  const unknown = Object.keys(members).filter((key) => !(key in properties))
  const missing = isWhole
    ? Object.entries(properties).flatMap(([key, {required}]) => (required && !(key in members) ? [key] : []))
    : []
  return [
    ...unknown.map((key) => `${at}: there is no ${key}`),
    ...missing.map((key) => `${at}: ${key} is missing`),
    ...Object.entries(members).flatMap(([key, value]) => {
      const property = properties[key]
      return property ? faultsOfValue(value, property.type, `${at}.${key}`) : []
    }),
  ]
}

/** Every `Ref`, `Fn::GetAtt` and `DependsOn` names a resource of the template, and an attribute that it has. */
function faultsOfReferences(
  template: Template,
  value: unknown,
  at: string,
  others: readonly string[] = [],
): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => faultsOfReferences(template, one, at, others))
  if (!isObject(value)) return []
  const name =
    typeof value.Ref === 'string' ? value.Ref : Array.isArray(value['Fn::GetAtt']) ? value['Fn::GetAtt'][0] : undefined
  if (name !== undefined && !name.startsWith('AWS::') && !(name in template) && !others.includes(name))
    return [`${at}: there is no resource ${name}`]
  const attribute = Array.isArray(value['Fn::GetAtt']) ? value['Fn::GetAtt'][1] : undefined
  const attributes = typeNamed(template[name ?? '']?.Type ?? '')?.attributes
  if (attribute !== undefined && !(attribute in (attributes ?? {})))
    return [`${at}: ${name} has no attribute ${attribute}`]
  return Object.values(value).flatMap((one) => faultsOfReferences(template, one, at, others))
}

function resourcesIn(text: string): Template {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  if (lines.join('').trim() === '') return {}
  const template = parseYaml(lines.join('\n'))
  if (!isObject(template) || !isObject(template.Resources)) throw new Error(text)
  return template.Resources as Template
}

export const faultsOfTemplate = (text: string): readonly string[] => faultsOfResources(resourcesIn(text))

/** `others` are what a `Ref` can name other than resources: parameters. */
export function faultsOfResources(resources: Template, others: readonly string[] = []): readonly string[] {
  return Object.entries(resources).flatMap(([name, {Type, Properties = {}, DependsOn = [], ...rest}]) => {
    const type = typeNamed(Type)
    if (!type) return [`${name}: there is no ${Type}`]
    return [
      ...(/^[A-Za-z0-9]{1,255}$/.test(name) ? [] : [`${name} is no logical id`]),
      ...Object.keys(rest).filter((key) => !['DeletionPolicy', 'UpdateReplacePolicy', 'Condition'].includes(key)),
      ...faultsOfMembers(Properties, type.properties, name, true),
      ...faultsOfReferences(resources, Properties, name, others),
      ...[DependsOn].flat().flatMap((other) => (other in resources ? [] : [`${name} depends on ${other}`])),
    ]
  })
}

const SETTING = /^# .* exists\. In its (\S+) set .*\n((?:# (?: |Properties:).*\n?)*)/gm

/** What is to be set in a resource that a template already contains: the same names and types, without the rest. */
export const faultsOfSettings = (text: string): readonly string[] =>
  [...text.matchAll(SETTING)].flatMap(([, name = '', body = '']) => {
    const type = typeNamed(name)
    if (!type) return [`there is no ${name}`]
    const settings = parseYaml(body.replaceAll(/^# /gm, ''))
    const members = isObject(settings) && isObject(settings.Properties) ? settings.Properties : {}
    return [
      ...faultsOfMembers(members, type.properties, name, false),
      ...faultsOfReferences(resourcesIn(text), members, name),
    ]
  })
