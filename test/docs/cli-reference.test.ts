// docs/cli.md shows every command as it is, and pages name no command that does not exist.
import { createProgram } from '../../src/cli/program';
import { knownCommands } from '../../src/cli/reference';
import { cliReference, MARK } from './cli-reference';
import { allPages, readPage } from './pages';

const commands = knownCommands(createProgram({ out: () => undefined, err: () => undefined }));

test('docs/cli.md is what `npm run reference` writes', () => {
  const [, below = ''] = readPage('docs/cli.md').text.split(MARK);
  expect(`${MARK}${below}`.trimEnd()).toBe(cliReference());
});

test('the reference has every command that there is', () => {
  const headed = [...cliReference().matchAll(/^#+ `jisr (.+)`$/gm)].map(([, path]) => path);
  expect(headed).toEqual(commands.slice(1).map(({ path }) => path.join(' ')));
  expect(headed).toEqual(expect.arrayContaining(['events list', 'replays create', 'doctor', 'completion']));
});

test.each(allPages())('$path names no command that does not exist', ({ text }) => {
  expect(unknownIn(text)).toEqual([]);
});

test.each([
  ['an unknown noun', '`jisr evnets list`', 'jisr evnets list'],
  ['an unknown verb', '`jisr events lits`', 'jisr events lits'],
  ['an unknown option', '`jisr events list --modell x`', 'jisr events list --modell x'],
])('%s on a page is told', (_, text, found) => {
  expect(unknownIn(text)).toEqual([found]);
});

/** Commands in code: their words must lead somewhere, and that must have their options. */
function unknownIn(text: string): readonly string[] {
  const named = [...text.matchAll(/(?:`|^\$ |^ *)(jisr [a-z][^`\n|#]*)/gm)].map(([, words = '']) =>
    words.trim(),
  );
  return named.filter((words) => {
    const [, ...parts] = words.split(/\s+/);
    const places = commands.filter(({ path }) => path.every((name, place) => parts[place] === name));
    const last = places.reduce((a, b) => (b.path.length > a.path.length ? b : a));
    if (last.path.length === 0) return true;
    if (last.commands.length > 0 && parts.length > last.path.length) return true;
    const flags = parts.filter((part) => /^--?[a-z]/.test(part));
    return flags.some((flag) => !last.options.some((option) => option.flags.includes(flag)));
  });
}
