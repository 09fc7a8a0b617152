import {realpath, stat} from 'node:fs/promises'
import {dirname, isAbsolute, relative, resolve, sep} from 'node:path'
import {parseTemplate} from '../../plan/cloudformation/parse-template.ts'
import {objectOf, textOf} from '../../plan/resource.ts'
import {isObject, type JsonObject} from '../../util/json.ts'
import {textIn} from './text-files.ts'

/** CloudFormation accepts templates of 1 MB; source templates may also have comments. */
const MAX_BYTES = 10_000_000
const MAX_TEMPLATES = 500
const MAX_LEVELS = 10

/**
 * The templates of nested stacks that a template references by a relative path, as before `aws cloudformation
 * package`, or that `cdk synth` wrote next to it; by the address of the stack. Those in Amazon S3 are not read, nor
 * those outside of the project: a template of someone else must not choose which files are read.
 * https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
 */
export async function nestedTemplates(file: string, template: JsonObject): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>()
  const project = await projectOf(file)
  await collect(file, template, '', 0)
  return found

  async function collect(parent: string, within: JsonObject, address: string, level: number): Promise<void> {
    for (const [logicalId, resource] of Object.entries(objectOf(within.Resources))) {
      const path = isObject(resource) ? pathIn(resource, parent) : undefined
      if (
        path === undefined ||
        level >= MAX_LEVELS ||
        found.size >= MAX_TEMPLATES ||
        !(await isReadable(path, project))
      )
        continue
      const nested = parseTemplate(path, await textIn(path))
      found.set(`${address}${logicalId}`, nested)
      await collect(path, nested, `${address}${logicalId}.`, level + 1)
    }
  }
}

function pathIn({Type, Properties, Metadata}: JsonObject, parent: string): string | undefined {
  if (Type !== 'AWS::CloudFormation::Stack') return undefined
  const path = textOf(objectOf(Metadata)['aws:asset:path']) ?? textOf(objectOf(Properties).TemplateURL)
  if (path === undefined || isAbsolute(path) || /^[a-z][a-z0-9+.-]+:/i.test(path)) return undefined
  return resolve(parent === '-' ? '.' : dirname(parent), path)
}

/** The current folder; the folder of the template if it is elsewhere. */
async function projectOf(file: string): Promise<string> {
  const here = await realpath('.')
  if (file === '-') return here
  const folder = dirname(await realpath(file))
  return isWithin(here, folder) ? here : folder
}

const isWithin = (folder: string, path: string): boolean => {
  const steps = relative(folder, path)
  return steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps)
}

async function isReadable(path: string, project: string): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size <= MAX_BYTES && isWithin(project, await realpath(path))
  } catch {
    return false
  }
}
