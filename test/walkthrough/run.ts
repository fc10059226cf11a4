// `npm run walkthrough`: plays it, and writes docs/walkthrough.md. `-- --check` writes nothing, and ends with 1 when the
// page is not what came of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from './play';

const PAGE = join(__dirname, '../../docs/walkthrough.md');

async function main(): Promise<void> {
  const page = await play((line) => {
    process.stdout.write(`${line}\n`);
  });
  if (!process.argv.includes('--check')) {
    writeFileSync(PAGE, page);
    process.stdout.write('docs/walkthrough.md is written\n');
    return;
  }
  const known = readFileSync(PAGE, 'utf8');
  if (known === page) {
    process.stdout.write('docs/walkthrough.md is up to date\n');
    return;
  }
  const [were, are] = [known.split('\n'), page.split('\n')];
  const place = are.findIndex((line, n) => line !== were[n]);
  process.stderr.write(
    `docs/walkthrough.md is not up to date: run \`npm run walkthrough\`\n` +
      `  line ${place + 1} is  ${were[place] ?? '(missing)'}\n  and came as ${are[place] ?? '(missing)'}\n`,
  );
  process.exitCode = 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
