// `jisr completion bash|zsh|fish`: a script for the shell, made from the commands as they are.
import { Argument, Command } from 'commander';
import { bashScript, fishScript, zshScript } from '../completion-scripts';
import type { CliIo } from '../io';
import { knownCommands } from '../reference';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

const HOW = `
  bash   source <(jisr completion bash)            in ~/.bashrc
  zsh    source <(jisr completion zsh)             in ~/.zshrc, after compinit
  fish   jisr completion fish > ~/.config/fish/completions/jisr.fish`;

export function completionCommand(io: CliIo, program: () => Command): Command {
  return new Command('completion')
    .description('a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', HOW)
    .action((shell: Shell) => {
      io.out(SCRIPTS[shell](knownCommands(program())));
    });
}
