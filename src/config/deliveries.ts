// How deliveries go out: where to, how often, and what their secrets are encrypted with.
// Never lets a schedule through that gives up before it began.

import { isIP } from 'node:net';
import { z } from 'zod';
import type { SettingReader, YamlSection } from './setting-reader';
import type { DeliveriesConfig } from './shape';
import { listOf, secretText, type ValueKind, wholeNumber } from './values';

/** 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h: as the best webhook senders do. */
const DEFAULT_WAITS_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
const LONGEST_WAIT_SECONDS = 7 * 86_400;

const cidr: ValueKind<string> = {
  schema: z.string().refine((given) => {
    const [address = '', bits = '', ...rest] = given.split('/');
    const width = isIP(address) === 4 ? 32 : 128;
    return isIP(address) !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= width;
  }),
  expected: 'a CIDR',
};
const seconds: ValueKind<number> = {
  schema: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number),
    ])
    .pipe(z.number().min(0).max(LONGEST_WAIT_SECONDS)),
  expected: 'seconds',
};

export function readDeliveries(reader: SettingReader, section: YamlSection): DeliveriesConfig {
  const allowCidrs = reader.value(
    { variable: 'JISR_WEBHOOK_ALLOW_CIDR', section, key: 'allow_cidr' },
    listOf(cidr, 'CIDRs with commas between, e.g. 10.0.0.0/8,192.168.1.0/24'),
  );
  const waits = reader.value(
    { variable: 'JISR_DELIVERY_SCHEDULE', section, key: 'schedule' },
    listOf(seconds, `waits in seconds with commas between, each at most ${LONGEST_WAIT_SECONDS}`),
  );
  const [first = 0, ...others] = waits ?? [0, ...DEFAULT_WAITS_SECONDS];
  if (first !== 0) {
    const found = `${first} as the first wait`;
    reader.refuse({
      where: 'JISR_DELIVERY_SCHEDULE',
      found,
      expected: '0: the first attempt is made at once',
    });
  }
  return {
    allowCidrs: allowCidrs ?? [],
    waitsMs: [toMs(first), ...others.map(toMs)],
    circuitFailures:
      reader.value(
        { variable: 'JISR_CIRCUIT_FAILURES', section, key: 'circuit_failures' },
        wholeNumber(0, 1_000_000),
      ) ?? 10,
    deadLetterDays:
      reader.value(
        { variable: 'JISR_DEAD_LETTER_DAYS', section, key: 'dead_letter_days' },
        wholeNumber(1, 365),
      ) ?? 30,
    secretKey: reader.secret({ variable: 'JISR_SECRET_KEY', section, key: 'secret_key' }, longSecret),
  };
}

const longSecret: ValueKind<string> = {
  ...secretText,
  schema: z.string().min(16),
  expected: 'a text of at least 16 characters, e.g. from `openssl rand -hex 32`',
};

function toMs(value: number): number {
  return Math.round(value * 1_000);
}
