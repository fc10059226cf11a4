// From a failed event to its mending and replay, as an operator goes: each step is a real command, and is asserted.
import assert from 'node:assert/strict';
import { eventually } from '../support/bridge';
import { createPage } from './page';
import { setWalkStage, type Ran } from './stage';

const HEAD = `# A walk: from a failed event to its replay

What an operator types when something went wrong, and what really came back: \`npm run walkthrough\` plays this against a
running bridge and writes the page; CI plays it again and compares. Times, ids and addresses are stand-ins. On a terminal times
read \`3 min ago\`, and states have colours. [All commands](cli.md).`;

/** Answers the page. */
export async function play(say: (line: string) => void): Promise<string> {
  const stage = await setWalkStage();
  const { odoo, crm } = stage;
  try {
    const page = createPage(stage.known);
    const json = async (words: readonly string[]) =>
      JSON.parse((await stage.run([...words, '--output', 'json'])).out) as Record<string, unknown>;
    const step = async (
      text: string,
      words: readonly string[],
      expected: { readonly code?: number; readonly says: readonly RegExp[] },
    ): Promise<Ran> => {
      const { code = 0, says } = expected;
      say(`jisr ${words.join(' ')}`);
      const ran = await stage.run(words);
      // Progress comes as quickly as the machine: it is not in the page.
      const notes = ran.err.split('\n').filter((line) => !/handed on \(\d+ %\)$/.test(line));
      const output = [ran.out, ...notes].filter((line) => line !== '').join('\n');
      assert.equal(ran.code, code, `${output}\n${ran.err}`);
      for (const what of says) assert.match(output, what);
      page.text(text);
      page.command(words, output);
      return ran;
    };
    const statsBecome = (wanted: Record<string, number>) =>
      eventually(async () => {
        const { events } = await json(['stats']);
        assert.deepEqual({ ...(events as object), ...wanted }, events);
      }, 30_000);

    page.text(HEAD);
    page.text('## Somebody subscribes, and refuses');
    await step(
      'The CRM wants to know of partners. Its address has a typo that nobody sees yet.',
      ['subscriptions', 'create', 'crm', `${crm.url}/odoo-evnets`, '--models', 'res.*'],
      { says: [/status +active/, /secret, shown only now: whsec_/] },
    );
    crm.behave(({ path }) => ({ status: path === '/odoo-events' ? 200 : 404 }));
    for (const recordId of [41, 42, 43, 44])
      odoo.change({
        model: 'res.partner',
        recordId,
        operation: 'write',
        payload: { name: `Partner ${recordId}` },
      });
    await statsBecome({ dead_letter: 4 });

    page.text('## See it');
    await step(
      'Four partners are changed in Odoo. The numbers say that something needs a person.',
      ['stats'],
      {
        says: [/dead_letter +4/],
      },
    );
    await step('What failed, where, how often, and what to do about it:', ['dead-letters', 'list'], {
      says: [
        /rejected +crm .* 4 /,
        /what to do/,
        /jisr dead-letters retry --error-class rejected --subscription crm/,
      ],
    });

    page.text('## Understand why');
    const { groups } = (await json(['dead-letters', 'list'])) as { groups: { sample_keys: string[] }[] };
    const keys = [...groups[0]!.sample_keys].sort();
    const first = keys[0]!;
    await step('One of them, with every attempt and what the CRM answered:', ['events', 'show', first], {
      says: [/status +dead_letter/, /1 .* 404 .* rejected/, /correct the address of the subscription/],
    });
    await step('A test webhook says the same, and changes nothing:', ['subscriptions', 'test', 'crm'], {
      code: 1,
      says: [/crm did not take it: .*404/],
    });

    page.text('## Mend the cause');
    await step(
      'The address is corrected:',
      ['subscriptions', 'update', 'crm', '--url', `${crm.url}/odoo-events`],
      { says: [/odoo-events/] },
    );
    await step('and now the test arrives:', ['subscriptions', 'test', 'crm'], { says: [/crm took it: 200/] });

    page.text('## Retry one, then all');
    await step('One first:', ['events', 'retry', first], { says: [/retry accepted/] });
    await statsBecome({ dead_letter: 3, processed: 1 });
    await step('It is delivered:', ['deliveries', 'list', '--event', first], { says: [/crm +sent +2/] });
    const ofClass = ['dead-letters', 'retry', '--error-class', 'rejected', '--subscription', 'crm'];
    const reason = ['--reason', 'the address had a typo'];
    await step('Then the others of that kind. What would be done:', [...ofClass, ...reason, '--dry-run'], {
      says: [/would retry 3 events/],
    });
    await step(
      'Acts on many events ask first; `--yes` answers, `--wait` follows them to their end:',
      [...ofClass, ...reason, '--yes', '--wait'],
      { says: [/is done: 3 of 3 handed on/] },
    );
    await statsBecome({ dead_letter: 0, processed: 4 });
    await step('Nothing is left:', ['dead-letters', 'list'], { says: [/no event needs a person/] });

    page.text('## Replay');
    const again = ['replays', 'create', '--model', 'res.partner', '--only', 'all', '--subscription', 'crm'];
    const lost = ['--reason', 'the CRM was restored from a backup'];
    page.text(
      'A week later the CRM loses what it was sent. All of it can be delivered again, under the same `webhook-id`s, so what it still has it recognizes.',
    );
    await step('What would be done:', [...again, ...lost, '--dry-run'], { says: [/would replay 4 events/] });
    const sentBefore = new Set(crm.taken().map(({ id }) => id));
    const takenBefore = crm.taken().length;
    await step('and done:', [...again, ...lost, '--yes', '--wait'], { says: [/is done: 4 of 4 handed on/] });
    await statsBecome({ pending: 0, processing: 0, delivering: 0, processed: 4 });
    await eventually(() => {
      assert.equal(crm.taken().length, takenBefore + 4);
    });
    const replayed = crm.taken().slice(takenBefore);
    assert.ok(
      replayed.every(({ id }) => sentBefore.has(id)),
      'a replay has the webhook-ids of the first time',
    );
    await step('Who did what, and why, stays:', ['replays', 'list'], {
      says: [/replay +done/, /retry +done/],
    });
    await step('also at the event:', ['events', 'show', first], {
      says: [/What people did/, /replay +the CRM was restored/],
    });

    page.text('## Is it complete?');
    await eventually(async () => {
      assert.equal((await stage.run(['sources', 'reconcile', 'main'])).code, 0);
    }, 30_000);
    await step(
      'Every change that Odoo has shown came to a good end; the exit code says so, too:',
      ['sources', 'reconcile', 'main'],
      { says: [/verdict +complete up to 4/] },
    );
    await step('And everything else?', ['doctor'], {
      says: [/subscription crm +deliveries +active/, / 0 broken/],
    });
    return page.toString();
  } finally {
    await stage.close();
  }
}
