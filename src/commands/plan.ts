import {BaseCommand} from '../cli/base-command.ts'
import {accountFlags, formatFlag, outputFlags, remedyFlags, reportFlags} from '../cli/input/flags.ts'
import {planFlags} from '../cli/input/plan-flags.ts'
import {PLAN_FORMATS} from '../cli/output/plan-formats.ts'

export default class Plan extends BaseCommand {
  static override summary = 'Check before deployment which managed instances a change would break.'
  static override description =
    'Applies a Terraform plan or a CloudFormation template to a model of the account and examines every instance before and after. Without --account or --live, what the plan creates is examined alone. Exit codes: 0 nothing gets worse; 1 something does; 2 wrong usage or an unreadable plan; 3 cannot be determined before apply, or part of the plan was not read.'
  static override usage = [
    'plan (--terraform | --cloudformation) FILE [--account FILE... | --live | --stack NAME] [FLAGS]',
  ]
  static override examples = [
    '$ terraform show -json tfplan > plan.json',
    '<%= config.bin %> <%= command.id %> --terraform plan.json --live --region eu-west-1',
    '<%= config.bin %> <%= command.id %> --terraform plan.json --account account.json --json',
    '<%= config.bin %> <%= command.id %> --cloudformation stack.yaml --stack web --region eu-west-1',
  ]
  static override flags = {
    ...planFlags,
    ...accountFlags,
    prefer: remedyFlags.prefer,
    format: formatFlag(PLAN_FORMATS, 'text'),
    json: reportFlags.json,
    ...outputFlags,
    'no-color': reportFlags['no-color'],
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Plan)
    const {printPlan} = await import('../cli/run/plan.ts')
    process.exitCode = await printPlan(flags, this.config.version)
  }
}
