// The retention on the real server: its schedule is there, follows the configuration, and drops exactly what is old.
import { ScheduleNotFoundError } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { ensureRetention } from '../../src/control/retention-schedule';
import { readEvent } from '../../src/store/events/read';
import { readCleanSeq } from '../../src/store/settings';
import { eventually } from '../support/bridge';
import { setStage } from '../support/stage';
import { describeOnBothEngines } from '../support/stores';

describeOnBothEngines('retention', (openStore) => {
  const { store, session, start, stop, accept, statesBecome } = setStage(openStore);
  const schedule = () => session().client.schedule.getHandle('retention');
  const argsOf = async () => {
    const { action } = await schedule().describe();
    return action.args;
  };
  const age = (days: number, ...keys: string[]) =>
    store().db.execute(sql`update events set received_at = now() - ${days} * interval '1 day'
      where key = any(array(select json_array_elements_text(${JSON.stringify(keys)}::json)))`);
  const hasPayload = async (key: string) => (await readEvent(store().db, key))!.payload !== null;
  /** Resolves when the run that it starts has ended. */
  async function trigger(): Promise<unknown> {
    const before = (await schedule().describe()).info.recentActions.length;
    await schedule().trigger();
    const workflowId = await eventually(async () => {
      const { recentActions } = (await schedule().describe()).info;
      expect(recentActions.length).toBeGreaterThan(before);
      return recentActions.at(-1)!.action.workflow.workflowId;
    });
    return session().client.workflow.getHandle(workflowId).result();
  }

  test('it drops what is old by its schedule, and the next run begins where nothing is left', async () => {
    await start({ JISR_PAYLOAD_DAYS: '90' });
    await accept({ eventId: '1', recordId: 1 }, { eventId: '2', recordId: 2 }, { eventId: '3', recordId: 3 });
    await statesBecome({ processed: 3 });
    await age(91, '1', '2');
    await age(89, '3');
    expect(await trigger()).toEqual({ payloads: 2, answers: 0, quarantined: 0 });
    expect(await Promise.all(['1', '2', '3'].map(hasPayload))).toEqual([false, false, true]);
    expect(await readCleanSeq(store().db)).toBe(2);
    // The same change comes once more: it is known, although its payload is gone.
    await accept({ eventId: '1', recordId: 1 });
    await age(91, '3');
    expect(await trigger()).toEqual({ payloads: 1, answers: 0, quarantined: 0 });
    await statesBecome({ processed: 3, pending: 0 });
    expect(await readCleanSeq(store().db)).toBe(3);
  }, 90_000);

  test('what is not done yet is looked at again, and dropped when it is', async () => {
    await start({ JISR_PAYLOAD_DAYS: '90' });
    await accept({ eventId: '1', recordId: 1 }, { eventId: '2', recordId: 2 });
    await statesBecome({ processed: 2 });
    await age(91, '1', '2');
    await store().db.execute(sql`update events set status = 'dead_letter' where key = '1'`);
    expect(await trigger()).toMatchObject({ payloads: 1 });
    expect(await readCleanSeq(store().db)).toBe(0);
    await store().db.execute(sql`update events set status = 'discarded' where key = '1'`);
    expect(await trigger()).toMatchObject({ payloads: 1 });
    expect(await hasPayload('1')).toBe(false);
  }, 90_000);

  test('the configuration has the last word at each start; a pause by a person stays', async () => {
    await start({ JISR_PAYLOAD_DAYS: '90' });
    expect(await argsOf()).toEqual([{ payloadDays: 90 }]);
    await schedule().pause('a person');
    await stop();
    await start({ JISR_PAYLOAD_DAYS: '30' });
    expect(await argsOf()).toEqual([{ payloadDays: 30 }]);
    expect((await schedule().describe()).state).toMatchObject({ paused: true, note: 'a person' });
    await stop();
    await start({ JISR_PAYLOAD_DAYS: '0' });
    await expect(schedule().describe()).rejects.toThrow(ScheduleNotFoundError);
    await stop();
    await start();
    expect(await argsOf()).toEqual([{ payloadDays: 90 }]);
    // Two processes that start at once.
    await Promise.all([1, 2, 3].map(() => ensureRetention(session().client, 60)));
    expect(await argsOf()).toEqual([{ payloadDays: 60 }]);
  }, 90_000);
});
