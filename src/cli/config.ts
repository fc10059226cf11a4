// `jisr config …`: what the configuration is, before anything is started.
import { Command } from 'commander';
import { ConfigError, describeConfig, loadConfig } from '../config';
import { CliExit, type CliOutput } from './output';

export function configCommand({ out, err }: CliOutput): Command {
  return new Command('config').description('the configuration').addCommand(
    new Command('check').description('read it, and say all that is wrong with it').action(() => {
      try {
        for (const line of describeConfig(loadConfig())) out(line);
        out('configuration ok');
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        err(error.message);
        throw new CliExit(2);
      }
    }),
  );
}
