// The completion scripts know every command and option, since they are made from them; bash itself is asked.
import { execFileSync } from 'node:child_process';
import { createProgram } from '../../src/cli/program';
import { knownCommands } from '../../src/cli/reference';
import { jisr } from './at-terminal';

const commands = knownCommands(createProgram({ out: () => undefined, err: () => undefined }));
const places = commands.map(({ path }) => [path.join(' ')] as const);

/** What bash offers behind `jisr <words>`, where the last word is begun. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  return (await offeredAll([words]))[0]!;
}

async function offeredAll(lines: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
  const { out: script } = await jisr('completion bash');
  const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');
  const asks = lines.map(
    (words) =>
      `COMP_WORDS=(jisr ${quoted(words)}); COMP_CWORD=${words.length}; _jisr; echo "\${COMPREPLY[*]}"`,
  );
  const said = execFileSync('bash', ['--norc', '-c', `${script}\n${asks.join('\n')}`], { encoding: 'utf8' });
  return said
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter(Boolean));
}

test('bash offers at every place its commands and options, and nothing else', async () => {
  const found = await offeredAll(commands.map(({ path }) => [...path, '']));
  for (const [place, { path, commands: below, argumentChoices, options }] of commands.entries()) {
    const wanted = [...below, ...argumentChoices, ...options.flatMap(({ flags }) => flags)];
    expect([path.join(' '), found[place]]).toEqual([path.join(' '), wanted]);
  }
});

test('bash completes what is begun, values that can only be some, and goes on after arguments', async () => {
  expect(await offered('ev')).toEqual(['events']);
  expect(await offered('events', 're')).toEqual(['retry', 'replay']);
  expect(await offered('events', 'list', '--status', 'dead')).toEqual(['dead_letter']);
  expect(await offered('events', 'list', '--output', '')).toEqual(['table', 'json']);
  expect(await offered('events', 'show', '17', '--out')).toEqual(['--output']);
  expect(await offered('completion', 'z')).toEqual(['zsh']);
  expect(await offered('completion', 'nothing')).toEqual([]);
});

test.each(places)('the scripts of zsh and fish have the place "%s"', async (place) => {
  const { out: zsh } = await jisr('completion zsh');
  const { out: fish } = await jisr('completion fish');
  expect(zsh).toContain(`"${place}:"*)`);
  expect(fish).toContain(`__jisr_at '${place}'`);
});

test('an unknown shell is wrong usage', async () => {
  expect(await jisr('completion tcsh')).toMatchObject({ code: 2 });
});
