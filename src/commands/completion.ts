import {string} from '@oclif/core/args'
import {BaseCommand} from '../cli/base-command.ts'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

/** Where each shell reads completions from. */
const INSTALL: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: '# Install: ssm-doctor completion bash >> ~/.bash_completion',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of zsh
  zsh: '# Install: ssm-doctor completion zsh > "${fpath[1]}/_ssm-doctor", or in ~/.zshrc after compinit: source <(ssm-doctor completion zsh)',
  fish: '# Install: ssm-doctor completion fish > ~/.config/fish/completions/ssm-doctor.fish',
  powershell: '# Install: ssm-doctor completion powershell >> $PROFILE',
}

export default class Completion extends BaseCommand {
  static override summary = 'Print the completion script of a shell.'
  static override examples = [
    '<%= config.bin %> completion bash >> ~/.bash_completion',
    '$ source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/ssm-doctor.fish',
  ]
  static override args = {
    shell: string({description: 'The shell.', options: [...SHELLS], required: true}),
  }

  override async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const shell = SHELLS.find((one) => one === args.shell)!
    const [{checks}, {exampleNames}, {wordsOf}, script] = await Promise.all([
      import('../checks/index.ts'),
      import('../cli/input/examples.ts'),
      import('../cli/completion/words.ts'),
      SCRIPTS[shell](),
    ])
    const ids = [...new Set(checks.flatMap(({id, causes}) => [id, ...Object.keys(causes)]))]
    const more = {
      explain: ids.sort(),
      demo: await exampleNames(this.config.root),
      config: this.config.commandIDs.toSorted(),
    }
    const [first = '', ...rest] = script(wordsOf(this.config.commands, more)).split('\n')
    // zsh looks for #compdef only in the first line.
    this.print((first.startsWith('#') ? [first, INSTALL[shell], ...rest] : [INSTALL[shell], first, ...rest]).join('\n'))
  }
}

const SCRIPTS = {
  bash: async () => (await import('../cli/completion/bash.ts')).bash,
  zsh: async () => (await import('../cli/completion/zsh.ts')).zsh,
  fish: async () => (await import('../cli/completion/fish.ts')).fish,
  powershell: async () => (await import('../cli/completion/powershell.ts')).powershell,
}
