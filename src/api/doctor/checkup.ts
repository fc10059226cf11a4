// The whole check-up, as the api can do it: of the store, Temporal, each Odoo and each subscription, side by side.
// Changes nothing.
import { pullWorkflowId, DISPATCH_WORKFLOW_ID } from '../../contracts/names';
import { ok, type Finding } from '../../domain/checkups/finding';
import { storeFindings } from '../../domain/checkups/store';
import { temporalFindings } from '../../domain/checkups/temporal';
import { lookAtStore } from '../../store/look';
import { SecretUnreadable, type SecretBox } from '../../store/secret-box';
import type { Subscription } from '../../store/subscriptions';
import type { ApiDependencies } from '../dependencies';
import { sourceView } from '../source-view';
import { lookAtEvents, lookAtSource, lookAtSubscriptions, lookedAt } from './areas';
import { pullFinding } from './pull-finding';

export async function checkUp(dependencies: ApiDependencies): Promise<readonly Finding[]> {
  const { store, sources, looks, webhooks, secretBox } = dependencies;
  const { db, engine } = store;
  const runs = [
    DISPATCH_WORKFLOW_ID,
    ...sources.filter(({ pull }) => pull !== null).map(({ name, isFirst }) => pullWorkflowId(name, isFirst)),
  ];
  const areas = await Promise.all([
    lookedAt('store', async () => storeFindings(await lookAtStore(db, engine, await looks.freeBytes()))),
    lookedAt('temporal', async () => temporalFindings(await looks.temporal(runs))),
    lookedAt('events', () => lookAtEvents(db)),
    ...sources.flatMap((source) => [
      lookedAt(`odoo ${source.name}`, () => lookAtSource(settingsOf(source), looks.odoo(source.name), db)),
      ...(source.pull === null
        ? []
        : [
            lookedAt(`odoo ${source.name}`, async () => [
              pullFinding(await sourceView(dependencies, source), dependencies.nowMs()),
            ]),
          ]),
    ]),
    lookedAt('subscriptions', () => lookAtSubscriptions(db, webhooks.refuses, decrypts(secretBox))),
  ]);
  return [ok('api', 'reachable', `version ${looks.version}`), ...areas.flat()];
}

function settingsOf({ name, pull, push, intake }: ApiDependencies['sources'][number]) {
  return {
    name,
    pulls: pull !== null,
    takesPushes: push !== null,
    sharedEventIds: intake.sharedEventIds,
  };
}

export function decrypts(box: Pick<SecretBox, 'decrypt'>): (one: Subscription) => boolean {
  return ({ encryptedSecret }) => {
    try {
      box.decrypt(encryptedSecret);
      return true;
    } catch (error) {
      if (error instanceof SecretUnreadable) return false;
      throw error;
    }
  };
}
