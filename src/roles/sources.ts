// How the configured sources are called elsewhere: at the door, and in the names of workflows.
import type { Config, SourceConfig } from '../config';
import type { IntakeSource } from '../intake/accepted';

/** @param place in the configuration: the first source's keys carry no prefix */
export function intakeSource(
  { name, sharedEventIds }: SourceConfig,
  place: number,
  { priorityRules, processing }: Pick<Config, 'priorityRules' | 'processing'>,
): IntakeSource {
  return { name, keyPrefix: place === 0 ? '' : `${name}/`, sharedEventIds, priorityRules, processing };
}

/** The sources that are pulled from. */
export function pullingSources(
  config: Config,
): readonly { readonly name: string; readonly isFirst: boolean }[] {
  return config.sources.flatMap(({ name, pull }, place) =>
    pull === null ? [] : [{ name, isFirst: place === 0 }],
  );
}
