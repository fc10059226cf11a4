// `npm run reference`: writes the reference of the commands into docs/cli.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliReference, MARK } from './cli-reference';

const path = join(__dirname, '../../docs/cli.md');
const [byHand = ''] = readFileSync(path, 'utf8').split(MARK);
writeFileSync(path, `${byHand}${cliReference()}\n`);
