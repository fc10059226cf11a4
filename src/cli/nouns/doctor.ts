// `jisr doctor`: what is well, what is worth a look and what is broken, each with what to do. Exit code 1 when
// something is broken.
import type { Command } from 'commander';
import { z } from 'zod';
import { isHealthy, LEVELS, type Finding } from '../../domain/checkups/finding';
import { BridgeSilent } from '../client-failures';
import type { Desk } from '../desk';
import { CliExit, CliFailure, type CliIo } from '../io';
import { understood } from '../lists';
import { painted } from '../screen/table';
import { stateCell } from '../screen/words';
import { atDesk, verb } from '../verb';
import { runProgram } from './programs';

const finding = z.object({
  area: z.string(),
  name: z.string(),
  level: z.enum(LEVELS),
  detail: z.string(),
  hint: z.string().nullable(),
});
const answerShape = z.object({ checks: z.array(finding) });

export function doctorCommand(io: CliIo): Command {
  return verb('doctor', 'look at Odoo, the store, Temporal and the subscriptions, and say what to do').action(
    atDesk(io, async (desk) => {
      const checks = await checksOf(desk);
      const healthy = isHealthy(checks);
      if (desk.isJson) desk.json({ healthy, checks });
      else show(desk, checks);
      if (!healthy) throw new CliExit(1);
    }),
  );
}

/** By the api; where none answers, by the configuration that is found here. */
async function checksOf(desk: Desk): Promise<readonly Finding[]> {
  try {
    return understood(answerShape, await desk.client.get('/api/v1/doctor')).checks;
  } catch (error) {
    if (!(error instanceof BridgeSilent)) throw error;
    desk.note('no api answers: looking at what the configuration here names');
    const api: Finding = {
      area: 'api',
      name: 'reachable',
      level: 'fail',
      detail: error.message,
      hint: 'start Jisr, or set JISR_URL; what follows was looked at from here',
    };
    return [api, ...(await checksFromHere(desk.io))];
  }
}

async function checksFromHere(io: CliIo): Promise<readonly Finding[]> {
  const { code, said } = await runProgram(io, 'doctor.js', [], 'kept');
  if (code !== 0) throw new CliFailure('the check-up from here failed: what it said stands above');
  return understood(z.array(finding), JSON.parse(said));
}

function show(desk: Desk, checks: readonly Finding[]): void {
  desk.table(
    ['', 'AREA', 'CHECK', 'FOUND'],
    checks.map(({ area, name, level, detail }) => [stateCell(level), area, name, detail]),
  );
  const matters = checks.filter(({ hint }) => hint !== null);
  if (matters.length > 0) desk.heading('What to do');
  for (const { level, area, name, detail, hint } of matters)
    desk.say(`${painted(stateCell(level), desk.look)}  ${area}, ${name}: ${detail}\n      ${hint ?? ''}`);
  const count = (wanted: string) => checks.filter(({ level }) => level === wanted).length;
  desk.say('');
  desk.say(`${count('ok')} ok, ${count('warn')} worth a look, ${count('fail')} broken`);
}
