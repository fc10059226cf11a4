// `jisr config …`: what the configuration is, before anything is started. Never shows a secret.
import { Command } from 'commander';
import { stringify } from 'yaml';
import { configAsYaml, describeConfig, loadConfig } from '../../config';
import type { CliIo } from '../io';
import { withOutput, type OutputOption } from '../options';
import { noun, orSay } from '../verb';

export function configCommand(io: CliIo): Command {
  const { out, env, workingFolder } = io;
  const check = withOutput(
    new Command('check').description('read it, and say all that is wrong with it'),
  ).action(({ output }: OutputOption) =>
    orSay(io, output, () => {
      const config = loadConfig(env, workingFolder);
      if (output === 'json') out(JSON.stringify({ ok: true }));
      else for (const line of [...describeConfig(config), 'configuration ok']) out(line);
      return Promise.resolve();
    }),
  );
  const print = withOutput(
    new Command('print').description('what is in force, by the keys of jisr.yaml; secrets as `(set)`'),
  ).action(({ output }: OutputOption) =>
    orSay(io, output, () => {
      const config = configAsYaml(loadConfig(env, workingFolder));
      out(output === 'json' ? JSON.stringify(config, null, 2) : stringify(config).trimEnd());
      return Promise.resolve();
    }),
  );
  return noun('config', 'the configuration', [check, print]);
}
