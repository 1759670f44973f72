import { Argument, Command } from 'commander';
import { bashScript } from './bash-script.js';
import { completedCommand, type CompletedCommand } from './completed-command.js';
import { fishScript } from './fish-script.js';
import { zshScript } from './zsh-script.js';

type Shell = 'bash' | 'zsh' | 'fish';

const SCRIPTS: Readonly<Record<Shell, (program: CompletedCommand) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const DETAILS = `
The packages for Debian and Red Hat install the scripts.

Examples:
  source <(recodex-monitor completion bash)
      for this shell; the line in ~/.bashrc is for all shells
  source <(recodex-monitor completion zsh)
      the same in ~/.zshrc, after compinit
  recodex-monitor completion fish > ~/.config/fish/completions/recodex-monitor.fish`;

/** The command `completion`, which prints a script for the commands of a program. */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('print a script that completes the commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', DETAILS)
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell](completedCommand(program))));
}
