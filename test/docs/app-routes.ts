// The routes that the HTTP interface really has, from the express app itself.
import express, { type IRouter } from 'express';
import { createApp } from '../../src/api/app';
import type { ApiDependencies } from '../../src/api/dependencies';
import { Secret } from '../../src/config';
import { createLogger } from '../../src/logger';

/** `GET /api/v1/events/:key`, in order. */
export function appRoutes(): readonly string[] {
  // Express keeps of a mount only what matches it, not its text.
  const mounting = jest.spyOn(express.application, 'use');
  createApp(NEVER_ASKED);
  const mounts = mounting.mock.calls.map((call: readonly unknown[]) => call);
  mounting.mockRestore();
  return [
    ...new Set(
      mounts.flatMap((call) => {
        const prefix = typeof call[0] === 'string' ? call[0] : '';
        return call.filter(isRouter).flatMap((router) => routesOf(router, prefix));
      }),
    ),
  ].sort();
}

function isRouter(handler: unknown): handler is IRouter {
  return typeof handler === 'function' && 'stack' in handler;
}

function routesOf(router: IRouter, prefix: string): readonly string[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const paths = [route.path as string | readonly string[]].flat();
    // Without a method: the last handler of a path, which refuses all others.
    const methods = (route.stack as readonly { readonly method?: string }[]).flatMap(
      ({ method }) => method ?? [],
    );
    return paths.flatMap((path) => methods.map((method) => `${method.toUpperCase()} ${prefix}${path}`));
  });
}

/** Enough to put the routes together; no request is ever made. */
const NEVER_ASKED = {
  store: {},
  sources: [],
  limits: { maxPendingEvents: 1, maxBodyBytes: 1 },
  adminKey: new Secret('never asked'),
  metricsKey: null,
  tracing: null,
  log: createLogger({ level: 'silent' }),
} as unknown as ApiDependencies;
