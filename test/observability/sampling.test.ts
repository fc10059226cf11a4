// What is recorded of a caller's trace that is not recorded, and of an attempt that belongs to none. In processes of
// their own: under jest the SDK cannot send.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const header = (flags: string) => `00-${traceId}-b7ad6b7169203331-${flags}`;

let collector: OtlpReceiver;
beforeEach(async () => {
  collector = await startOtlpReceiver();
});
afterEach(() => collector.close());

/** One attempt, in the span of a push with that header, or in none. Answers the header that the subscriber got. */
async function attempt(sampler: string, pushed: string | null): Promise<string | null> {
  const script = `(async () => {
    const { startTracing } = require('./tracing.js');
    const { tracedSender } = require('./roles/traced-ports.js');
    const { readTraceParent } = require('./domain/trace-parent.js');
    const [url, sampler, pushed] = ${JSON.stringify([`${collector.url}/v1/traces`, sampler, pushed])};
    const config = { url, headers: null, serviceName: 'jisr', resource: {}, sampler, share: 1 };
    const tracing = await startTracing(config, { version: '1.2.3', role: 'worker' });
    let got = null;
    const send = async (webhook) => {
      got = webhook.traceparent ?? null;
      return { kind: 'sent', status: 200 };
    };
    const sender = tracedSender({ send }, tracing);
    const deliver = () => sender.send({ url: 'https://crm.test/hook', id: 'msg_1' });
    const receive = { name: 'receive', kind: 'server', attributes: {}, parent: readTraceParent(pushed) };
    await (pushed === null ? deliver() : tracing.within(receive, deliver));
    await tracing.stop();
    console.log(JSON.stringify(got));
    process.exit();
  })()`;
  const cwd = join(__dirname, '../../dist');
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd });
  return JSON.parse(stdout) as string | null;
}

const recorded = () => collector.spans.map(({ name, traceId: id }) => [name, id === traceId]);

test.each(['parentbased_always_on', 'parentbased_traceidratio'])(
  'by %s a push of a trace that its caller does not record is not recorded, nor is its delivery',
  async (sampler) => {
    expect(await attempt(sampler, header('00'))).toBeNull();
    expect(recorded()).toEqual([]);
  },
);

test('a push of a trace that its caller records goes on in it, to the subscriber', async () => {
  expect(await attempt('parentbased_always_off', header('01'))).toMatch(
    new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`),
  );
  expect(recorded()).toEqual([
    ['deliver to crm.test', true],
    ['receive', true],
  ]);
});

test('an attempt that belongs to no trace is none of its own', async () => {
  expect(await attempt('parentbased_traceidratio', null)).toBeNull();
  expect(recorded()).toEqual([]);
});
