import type {Instance} from '../../model/account.ts'

const tagOf = ({Tags}: Instance, key: string): string | undefined => Tags.find(({Key}) => Key === key)?.Value

/** The Auto Scaling group that launched the instance. */
export const groupOf = (instance: Instance): string | undefined => tagOf(instance, 'aws:autoscaling:groupName')

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html */
export function replacedBy(instance: Instance): string {
  const group = groupOf(instance)
  return group === undefined
    ? ''
    : ` Auto Scaling group ${group} terminates and replaces an instance that stops, unless it is in standby.`
}

/**
 * What is changed on an instance is not what its group launches next.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html
 */
export function launchedWithout(instance: Instance): string | undefined {
  const group = groupOf(instance)
  const template = tagOf(instance, 'aws:ec2launchtemplate:id')
  const where = template === undefined ? 'its launch template or launch configuration' : `launch template ${template}`
  return group === undefined
    ? undefined
    : `Auto Scaling group ${group} launches its next instances without this change, unless ${where} has it too.`
}
