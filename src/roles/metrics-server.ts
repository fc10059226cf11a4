// /metrics of a worker that runs apart, at a port of its own. Never open: whoever asks needs the key.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createKeyCheck, givenKey } from '../api/auth';
import type { MetricsConfig, Secret } from '../config';
import { METRICS_CONTENT_TYPE } from '../metrics';
import { visitableUrl } from './listening';
import type { Telemetry } from './telemetry';

export interface MetricsServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startMetricsServer(
  { host, port }: Pick<MetricsConfig, 'host'> & { readonly port: number },
  key: Secret,
  { metrics, sdkMetrics }: Pick<Telemetry, 'metrics' | 'sdkMetrics'>,
): Promise<MetricsServer> {
  const isRight = createKeyCheck(key);
  const server = createServer((request, response) => {
    const given = givenKey(request.headers);
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end('here is GET /metrics only\n');
    } else if (given === undefined || !isRight(given)) {
      const asks = { 'WWW-Authenticate': 'Bearer realm="jisr metrics"' };
      response.writeHead(401, asks).end('send JISR_METRICS_KEY as `Authorization: Bearer …`\n');
    } else {
      void Promise.all([metrics.text(), sdkMetrics()]).then(
        (parts) => response.setHeader('Content-Type', METRICS_CONTENT_TYPE).end(parts.join('\n')),
        () => response.writeHead(500).end('the metrics could not be read: look at the log\n'),
      );
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `${visitableUrl(host, server.address())}/metrics`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
