// Addresses that may not be called are not: judged when the connection is made, on what the name resolved to.
import { aSender, aWebhook, closeSenders } from './sending';
import { answering, startSubscriber, stopSubscribers } from './subscriber';

afterEach(async () => {
  await closeSenders();
  await stopSubscribers();
});

const REFUSED = { kind: 'refused', errorClass: 'address-refused', status: null, response: null };

test.each([
  '127.0.0.1',
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '127.1',
  '127.0.0.1.',
  '[::ffff:127.0.0.1]',
  '[::1]',
  'localhost',
  '0.0.0.0',
])('this machine, written %s, is refused without a connection', async (host) => {
  const subscriber = await startSubscriber(answering(200));
  const result = await aSender({ allowCidrs: [] }).send(
    aWebhook({ url: `http://${host}:${subscriber.port}/token` }),
  );
  expect(result).toMatchObject(REFUSED);
  expect(result.message).toContain('JISR_WEBHOOK_ALLOW_CIDR');
  expect(result.message).not.toContain('token');
  expect(subscriber.sockets).toHaveLength(0);
});

test.each(['0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost'])(
  'the same, written %s, is called when its network is allowed',
  async (host) => {
    const subscriber = await startSubscriber(answering(200));
    const result = await aSender().send(aWebhook({ url: `http://${host}:${subscriber.port}` }));
    expect(result).toMatchObject({ kind: 'sent' });
  },
);

test('an https address is judged too', async () => {
  const result = await aSender({ allowCidrs: [] }).send(aWebhook({ url: 'https://169.254.169.254/latest' }));
  expect(result).toMatchObject(REFUSED);
});

test('a name that moves to a forbidden address is refused at its next connection', async () => {
  const allowed = await startSubscriber(answering(200, '', { connection: 'close' }));
  const forbidden = await startSubscriber(answering(200), { host: '127.0.0.2', port: allowed.port });
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  const asked: string[] = [];
  const sender = aSender({
    allowCidrs: ['127.0.0.1/32'],
    lookup: (name) => {
      asked.push(name);
      return Promise.resolve(answers.shift() ?? []);
    },
  });
  const webhook = aWebhook({ url: `http://rebind.example:${allowed.port}` });
  expect(await sender.send(webhook)).toMatchObject({ kind: 'sent' });
  const result = await sender.send(webhook);
  expect(result).toMatchObject(REFUSED);
  expect(result.message).toContain('127.0.0.2');
  // One lookup a connection: there is no second answer that was not checked.
  expect(asked).toEqual(['rebind.example', 'rebind.example']);
  expect(forbidden.sockets).toHaveLength(0);
});

test('of several addresses of a name only the allowed ones are called', async () => {
  const allowed = await startSubscriber(answering(200));
  const forbidden = await startSubscriber(answering(200), { host: '127.0.0.2', port: allowed.port });
  const lookup = () => Promise.resolve(['127.0.0.2', '10.0.0.1', '127.0.0.1']);
  const sender = aSender({ allowCidrs: ['127.0.0.1/32'], lookup });
  const result = await sender.send(aWebhook({ url: `http://both.example:${allowed.port}` }));
  expect(result).toMatchObject({ kind: 'sent' });
  expect(forbidden.sockets).toHaveLength(0);
});
