// docs/cli.md below its mark, made from the commands as they are.
import { knownCommands, type KnownCommand } from '../../src/cli/reference';
import { createProgram } from '../../src/cli/program';

export const MARK = '<!-- Below here `npm run reference` writes. -->';

export function cliReference(): string {
  const program = createProgram({ out: () => undefined, err: () => undefined });
  const [whole, ...commands] = knownCommands(program);
  return [MARK, '## All commands', fenced(whole!.help), ...commands.flatMap(section)].join('\n\n');
}

function section({ path, commands, help }: KnownCommand): readonly string[] {
  const level = path.length === 1 ? '##' : '###';
  // A noun alone does nothing: its verbs follow.
  const body = commands.length === 0 ? [fenced(help)] : [help.split('\n')[2] ?? ''];
  return [`${level} \`jisr ${path.join(' ')}\``, ...body];
}

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}
