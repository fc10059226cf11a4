// Subscriptions of the configuration in the store: the configuration has the last word, but not on what people do.
import { newWebhookSecret } from '../../src/channels/webhook/signature';
import { Secret, type SubscriptionConfig } from '../../src/config';
import { plantSeeds } from '../../src/roles/seeds';
import { circuits } from '../../src/store/schema';
import { createSecretBox } from '../../src/store/secret-box';
import { rotateSecret } from '../../src/store/subscription-changes';
import { listSubscriptions, setSubscriptionStatus } from '../../src/store/subscriptions';
import { SECRET_KEY } from '../support/bridge';
import { describeOnBothEngines, type TestStore } from '../support/stores';
import { subscribe } from '../support/subscriptions';

const box = createSecretBox(SECRET_KEY.reveal());
const aSeed = (over: Partial<SubscriptionConfig> = {}): SubscriptionConfig => ({
  name: 'crm',
  url: 'https://crm.test/',
  filter: {},
  ordered: false,
  coalesce: false,
  ratePerSecond: null,
  secret: null,
  ...over,
});

describeOnBothEngines('subscriptions of the configuration', (open) => {
  let store: TestStore;
  beforeAll(async () => {
    store = await open();
  }, 60_000);
  beforeEach(() => store.empty());
  afterAll(() => store.close());

  const plant = (...seeds: SubscriptionConfig[]) => plantSeeds(store.db, seeds, SECRET_KEY);
  const kept = () => listSubscriptions(store.db, { limitRows: 10, after: null });
  const secretNow = async () => box.decrypt((await kept())[0]!.encryptedSecret);

  test('those who start at one moment make each of them once', async () => {
    const seeds = [aSeed(), aSeed({ name: 'erp' })];
    await Promise.all([plant(...seeds), plant(...seeds), plant(...seeds)]);
    expect((await kept()).map(({ name, seeded }) => [name, seeded]).sort()).toEqual([
      ['crm', true],
      ['erp', true],
    ]);
  });

  test('the next start brings what was changed in it, and leaves what people did', async () => {
    await plant(aSeed());
    const { id } = (await kept())[0]!;
    await setSubscriptionStatus(store.db, id, 'paused', 'they move house');
    const changed = {
      url: 'https://new.test/',
      filter: { models: ['sale.*'] },
      ordered: true,
      ratePerSecond: 5,
    };
    await plant(aSeed(changed));
    expect(await kept()).toMatchObject([
      { id, status: 'paused', statusReason: 'they move house', ...changed },
    ]);
  });

  test('one that was made by the API becomes one of the configuration, and stays when it is taken out', async () => {
    const { id } = await subscribe(store, { name: 'crm', url: 'https://old.test/' });
    await plant(aSeed());
    expect(await kept()).toMatchObject([{ id, seeded: true, url: 'https://crm.test/' }]);
    await plant();
    expect(await kept()).toMatchObject([{ id, seeded: false, status: 'active', url: 'https://crm.test/' }]);
  });

  test('a secret that was made stays; one of the configuration comes in its place, and the old one signs on', async () => {
    await plant(aSeed());
    const made = await secretNow();
    await plant(aSeed());
    expect(await secretNow()).toBe(made);
    const secret = new Secret(newWebhookSecret());
    await plant(aSeed({ secret }));
    const [now] = await kept();
    expect(await secretNow()).toBe(secret.reveal());
    expect(box.decrypt(now!.encryptedPreviousSecret!)).toBe(made);
    expect(now!.previousSecretUntilMs).toBeGreaterThan(Date.now());
  });

  test('a rotation outlives the next start where the configuration has no secret, else that one comes back', async () => {
    await plant(aSeed());
    await rotateSecret(store.db, (await kept())[0]!.id, box.encrypt('whsec_new'));
    await plant(aSeed());
    expect(await secretNow()).toBe('whsec_new');
    const [secret, other] = [new Secret(newWebhookSecret()), new Secret(newWebhookSecret())];
    for (const ofTheFile of [secret, other, secret]) {
      await plant(aSeed({ secret: ofTheFile }));
      expect(await secretNow()).toBe(ofTheFile.reveal());
    }
  });

  test('at a new address it begins anew', async () => {
    await plant(aSeed());
    await store.db.insert(circuits).values({ subscriptionId: (await kept())[0]!.id, failures: 12 });
    await plant(aSeed());
    expect(await store.db.select().from(circuits)).toHaveLength(1);
    await plant(aSeed({ url: 'https://new.test/' }));
    expect(await store.db.select().from(circuits)).toEqual([]);
  });
});
