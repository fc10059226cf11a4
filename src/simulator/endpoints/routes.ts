// The addon's paths: which methods each takes, and whether it asks for a key.

import type { Endpoint } from '../fault-types';
import { health, stats } from './health-and-stats';
import { markProcessed } from './mark-processed';
import type { Handler } from './odoo';
import { pull } from './pull';
import { syncState, syncStateStats, updateSyncState } from './sync-state';

export interface Route {
  readonly endpoint: Endpoint;
  readonly methods: readonly string[];
  readonly needsKey: boolean;
  readonly handle: Handler;
}

const GET = ['GET', 'HEAD'];
const POST = ['POST'];

const ROUTES: readonly Route[] = [
  { endpoint: 'pull', methods: [...GET, ...POST], needsKey: true, handle: pull },
  { endpoint: 'mark-processed', methods: POST, needsKey: true, handle: markProcessed },
  { endpoint: 'health', methods: GET, needsKey: false, handle: health },
  { endpoint: 'stats', methods: GET, needsKey: true, handle: stats },
  { endpoint: 'sync-state', methods: [...GET, ...POST], needsKey: true, handle: syncState },
  { endpoint: 'sync-state/update', methods: POST, needsKey: true, handle: updateSyncState },
  { endpoint: 'sync-state/stats', methods: GET, needsKey: true, handle: syncStateStats },
];

const BY_PATH: ReadonlyMap<string, Route> = new Map(
  ROUTES.map((route) => [`/api/webhooks/${route.endpoint}`, route]),
);

export function routeOf(path: string): Route | null {
  return BY_PATH.get(path) ?? null;
}
