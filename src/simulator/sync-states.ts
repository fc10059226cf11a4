// The table user.sync.state: how far each device of each user says it has come.
// Checks what the addon's model checks, in its order and with its texts; nothing more.

import { PythonError, repr, typeName } from './python/values';
import type { PyValue } from './python/values';

export const APP_TYPES = ['sales_app', 'delivery_app', 'warehouse_app', 'manager_app', 'mobile_app'] as const;

export interface SyncState {
  readonly id: number;
  readonly userId: number;
  readonly deviceId: string;
  readonly appType: string;
  readonly lastEventId: number;
  readonly lastSyncAtMs: number | null;
  readonly syncCount: number;
  readonly totalEventsSynced: number;
  readonly deviceInfo: string | null;
  readonly appVersion: string | null;
}

export interface SyncAsked {
  readonly userId: number;
  readonly deviceId: PyValue;
  readonly appType: PyValue;
  /** Undefined leaves what is stored. */
  readonly deviceInfo?: string | undefined;
  readonly appVersion?: string | undefined;
}

export class SyncStates {
  private readonly states = new Map<string, SyncState>();
  private nextId = 1;

  constructor(private readonly userIds: readonly number[]) {}

  /** Also overwrites the app type of a state that is there. Throws a PythonError for what the model refuses. */
  getOrCreate(asked: SyncAsked): SyncState {
    const deviceId = stripped(asked.deviceId);
    const appType = checkedAppType(asked.appType);
    const known = this.find(asked.userId, deviceId) ?? this.create(asked.userId, deviceId);
    return this.put({
      ...known,
      appType,
      deviceInfo: asked.deviceInfo ?? known.deviceInfo,
      appVersion: asked.appVersion ?? known.appVersion,
    });
  }

  find(userId: number, deviceId: string): SyncState | null {
    return this.states.get(`${userId}/${deviceId}`) ?? null;
  }

  /** The cursor may go back: Odoo does not check. */
  advance(state: SyncState, lastEventId: number, eventsSynced: number, atMs: number): SyncState {
    return this.put({
      ...state,
      lastEventId,
      lastSyncAtMs: atMs,
      syncCount: state.syncCount + 1,
      totalEventsSynced: state.totalEventsSynced + eventsSynced,
    });
  }

  ofUser(userId: number): readonly SyncState[] {
    return [...this.states.values()].filter((state) => state.userId === userId);
  }

  private create(userId: number, deviceId: string): SyncState {
    if (!this.userIds.includes(userId)) {
      throw new PythonError(
        'DatabaseError',
        `insert or update on table "user_sync_state" violates foreign key constraint "user_sync_state_user_id_fkey"\nDETAIL:  Key (user_id)=(${userId}) is not present in table "res_users".\n`,
      );
    }
    if (deviceId.length < 3) {
      throw new PythonError('DatabaseError', 'Device ID must be at least 3 characters long');
    }
    return {
      id: this.nextId++,
      userId,
      deviceId,
      appType: 'mobile_app',
      lastEventId: 0,
      lastSyncAtMs: null,
      syncCount: 0,
      totalEventsSynced: 0,
      deviceInfo: null,
      appVersion: null,
    };
  }

  private put(state: SyncState): SyncState {
    this.states.set(`${state.userId}/${state.deviceId}`, state);
    return state;
  }
}

function stripped(deviceId: PyValue): string {
  if (typeof deviceId === 'string') return deviceId.trim();
  throw new PythonError('AttributeError', `'${typeName(deviceId)}' object has no attribute 'strip'`);
}

function checkedAppType(appType: PyValue): string {
  const known = APP_TYPES.find((type) => type === appType);
  if (known !== undefined) return known;
  throw new PythonError('ValueError', `Wrong value for user.sync.state.app_type: ${repr(appType)}`);
}
