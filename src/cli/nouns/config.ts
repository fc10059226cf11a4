// `jisr config …`: what the configuration is, before anything is started. Never shows a secret.
import { Command } from 'commander';
import { ConfigError, describeConfig, loadConfig } from '../../config';
import { CliExit, type CliIo } from '../io';

export function configCommand({ out, err, env, workingFolder }: CliIo): Command {
  const check = new Command('check').description('read it, and say all that is wrong with it').action(() => {
    try {
      for (const line of describeConfig(loadConfig(env, workingFolder))) out(line);
      out('configuration ok');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      err(error.message);
      throw new CliExit(2);
    }
  });
  return new Command('config').description('the configuration').addCommand(check);
}
