// The options that commands share, and how their values are read. A wrong value is wrong usage, said with what is right.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { OutputFormat } from './desk';
import { durationMs, timeGiven } from './screen/times';

export interface OutputOption {
  readonly output: OutputFormat;
}

export interface PageOptions extends OutputOption {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: true;
}

export interface ActOptions extends OutputOption {
  readonly dryRun?: true;
}

export interface AskedActOptions extends ActOptions {
  readonly yes?: true;
}

/** Every command that answers something has it. */
export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how the answer is shown')
      .choices(['table', 'json'])
      .default('table'),
  );
}

export function withPages(command: Command): Command {
  return command
    .option('--limit <number>', 'so many at most, 1 to 1000', wholeNumber(1, 1000))
    .option('--cursor <cursor>', 'go on after the page before, which said it')
    .option('--all', 'all pages');
}

export function withDryRun(command: Command): Command {
  return command.option('--dry-run', 'say what would be done, and do nothing');
}

export function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do it without asking');
}

export function withReason(command: Command, description = 'why, for the record'): Command {
  return command.option('--reason <text>', description);
}

export function wholeNumber(least: number, most: number): (given: string) => number {
  return (given) => {
    const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

export function list(given: string): readonly string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** May be given several times, or with commas. */
export function collected(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...list(given)];
}

export const TIME = 'a time such as 2h (ago), 7d or 2026-11-24T02:00:00Z';

export function time(given: string): string {
  const read = timeGiven(given, Date.now());
  if (read === null) throw new InvalidArgumentError(`Expected ${TIME}.`);
  return read;
}

export function duration(given: string): number {
  const ms = durationMs(given);
  if (ms === null) throw new InvalidArgumentError('Expected a duration such as 500ms, 30s, 5m or 2h.');
  return ms;
}
