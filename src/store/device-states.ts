// How far each device has come with what it pulls: a place in the inbox per user, device and app.
// A place moves in the transaction that reads what it moves over, under the row's lock, and never over an event
// that is not settled: pulls of one device at the same moment skip nothing and repeat nothing.
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import { changedAfter, type ChangedRecord } from './events/by-model';
import { settledSeq } from './events/settled';
import { deviceStates } from './schema';
import { withSteadyPlans } from './steady-plans';

export interface Device {
  readonly userId: number;
  readonly deviceId: string;
}

export interface AppOfDevice extends Device {
  readonly appType: string;
}

export interface DeviceState extends AppOfDevice {
  /** The last event that it was given; 0 before the first. */
  readonly lastSeq: number;
  /** Null before its first pull. */
  readonly lastSyncAtMs: number | null;
  /** How often it pulled. */
  readonly syncCount: number;
}

export interface DevicePull {
  readonly events: readonly ChangedRecord[];
  readonly state: DeviceState;
}

/**
 * Gives the device what follows its place, and moves the place behind it.
 *
 * @param db of a store, not of a transaction
 * @param wanted the models; null for all. Asked once the inbox is known to be settled, so that none is missing
 */
export async function pullForDevice(
  db: Database,
  device: AppOfDevice,
  wanted: () => Promise<readonly string[] | null>,
  limitRows: number,
): Promise<DevicePull> {
  const upTo = await settledSeq(db);
  const models = await wanted();
  return withSteadyPlans(db, async (tx) => {
    const after = await lockPlace(tx, device);
    const events = await changedAfter(tx, models, { after, upTo, limitRows });
    const [row] = await tx
      .update(deviceStates)
      .set({
        lastSeq: events.at(-1)?.seq ?? after,
        lastSyncAt: sql`now()`,
        syncCount: sql`${deviceStates.syncCount} + 1`,
      })
      .where(isApp(device))
      .returning();
    if (row === undefined) throw new Error('the place of a device is gone while it is locked');
    return { events, state: toState(row) };
  });
}

/** Null when it has never pulled. Without an app: what it pulled for last. */
export async function readDevice(
  db: Database,
  device: Device,
  appType: string | undefined,
): Promise<DeviceState | null> {
  const [row] = await db
    .select()
    .from(deviceStates)
    .where(isDevice(device, appType))
    .orderBy(desc(deviceStates.lastSyncAt), deviceStates.appType)
    .limit(1);
  return row === undefined ? null : toState(row);
}

/** To the beginning, so that it is given everything again; without an app, in all of its apps. */
export async function resetDevice(
  db: Database,
  device: Device,
  appType: string | undefined,
): Promise<DeviceState | null> {
  await db.update(deviceStates).set({ lastSeq: 0 }).where(isDevice(device, appType));
  return readDevice(db, device, appType);
}

/** Makes the place when there is none. Statements that follow see all that the lock's last holder committed. */
async function lockPlace(tx: Database, device: AppOfDevice): Promise<number> {
  await tx.insert(deviceStates).values(device).onConflictDoNothing();
  const [row] = await tx
    .select({ lastSeq: deviceStates.lastSeq })
    .from(deviceStates)
    .where(isApp(device))
    .for('update');
  return row?.lastSeq ?? 0;
}

function isApp({ appType, ...device }: AppOfDevice) {
  return isDevice(device, appType);
}

function isDevice({ userId, deviceId }: Device, appType: string | undefined) {
  return and(
    eq(deviceStates.userId, userId),
    eq(deviceStates.deviceId, deviceId),
    appType === undefined ? undefined : eq(deviceStates.appType, appType),
  );
}

function toState(row: typeof deviceStates.$inferSelect): DeviceState {
  const { userId, deviceId, appType, lastSeq, syncCount } = row;
  return { userId, deviceId, appType, lastSeq, syncCount, lastSyncAtMs: row.lastSyncAt?.getTime() ?? null };
}
