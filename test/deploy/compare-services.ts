// Does every service of docker-compose.yml start what exists, probe what answers, and stop as it should?
import { loadConfig } from '../../src/config';
import { dummyEnvironment, resolve, type ComposeService } from './compose-file';
import type { Deployment } from './deployment';

/** They end after their work, so they have no probe and are not kept running. */
const ONE_SHOTS = ['temporal-schema', 'temporal-namespace'];
const PUBLISHED = ['api', 'temporal-ui', 'prometheus', 'grafana'];
export const PROBES = ['/healthz', '/readyz'];
/** It changes the owner of its data folder at its first start. */
const KEEPS_CAPABILITIES = ['postgres'];
const EXACT_TAG = /:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$/;

export function compareServices({ compose, code }: Deployment): readonly string[] {
  const findings: string[] = [];
  for (const [name, service] of Object.entries(compose.services)) {
    const say = (finding: string) => void findings.push(`${name}: ${finding}`);
    if (!EXACT_TAG.test(service.image)) say(`the image ${service.image} has no exact tag`);
    if (service.build !== undefined && service.image !== `jisr:${code.version}`)
      say(`the image ${service.image} is not version ${code.version}`);
    if (service.read_only !== true) say('its root can be written to');
    if (!KEEPS_CAPABILITIES.includes(name) && service.cap_drop?.includes('ALL') !== true)
      say('keeps capabilities');
    if (service.security_opt?.includes('no-new-privileges:true') !== true) say('may gain privileges');
    if (service.ports !== undefined && !PUBLISHED.includes(name)) say('publishes a port');
    for (const port of resolve(service.ports ?? [], {})) {
      if (!port.startsWith('127.0.0.1:')) say(`publishes ${port} beyond this machine`);
    }
    if (!ONE_SHOTS.includes(name) && service.restart !== 'unless-stopped') say('is not started again');
    if (ONE_SHOTS.includes(name) && service.restart?.startsWith('on-failure:') !== true)
      say('is not tried again');
    if (!ONE_SHOTS.includes(name) && name !== 'worker' && service.healthcheck === undefined)
      say('has no probe');
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = compose.services[other];
      if (target === undefined) say(`waits for ${other}, which is no service`);
      const right = ONE_SHOTS.includes(other) ? 'service_completed_successfully' : 'service_healthy';
      if (condition !== right) say(`waits for ${other} to be ${condition}`);
      if (condition === 'service_healthy' && target?.healthcheck === undefined)
        say(`${other} is never healthy`);
    }
    for (const secret of service.secrets ?? []) {
      if (!(secret in (compose.secrets ?? {}))) say(`is given the secret ${secret}, which is not there`);
    }
    for (const volume of service.volumes ?? []) {
      const [from = '', , mode] = volume.split(':');
      if (from.startsWith('./') && mode !== 'ro') say(`may write to ${from}`);
      const known = from.startsWith('./') ? code.exists(from) : from in compose.volumes;
      if (!known) say(`mounts ${from}, which is not there`);
    }
    for (const network of service.networks ?? ['default']) {
      if (!(network in compose.networks)) say(`is in the network ${network}, which is not there`);
    }
  }
  findings.push(...compareRoles(compose.services, code), ...compareApiPort(compose, code));
  return findings;
}

function compareRoles(services: Readonly<Record<string, ComposeService>>, code: Deployment['code']) {
  const findings: string[] = [];
  for (const role of ['api', 'worker']) {
    const { command = [], stop_grace_period = '10s' } = services[role] ?? {};
    const [program, script = '', ...rest] = command;
    const source = script.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts');
    if (program !== 'node' || rest.length > 0 || !script.startsWith('dist/') || !code.exists(source))
      findings.push(`${role}: \`${command.join(' ')}\` does not exist`);
    if (!(Number.parseInt(stop_grace_period) > code.shutdownForceSeconds))
      findings.push(`${role}: is killed after ${stop_grace_period}, before it has given its work back`);
  }
  if ((services['worker']?.deploy?.replicas ?? 1) < 2)
    findings.push('worker: one alone is a single point of failure');
  return findings;
}

function compareApiPort(compose: Deployment['compose'], code: Deployment['code']): readonly string[] {
  const findings: string[] = [];
  const api = compose.services['api'];
  const { PORT = '', HOST = '' } = resolve(api?.environment ?? {}, dummyEnvironment(compose));
  const { http } = loadConfig({ PORT, HOST }, '/nonexistent');
  const probe = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/.exec(api?.healthcheck?.test.join(' ') ?? '');
  if (Number(probe?.[1]) !== http.port)
    findings.push(`api: is probed at ${probe?.[1]} and listens at ${http.port}`);
  if (!PROBES.includes(probe?.[2] ?? '')) findings.push(`api: is probed at ${probe?.[2]}, which is no probe`);
  if (http.host !== '0.0.0.0') findings.push(`api: listens at ${http.host}, where no published port leads`);
  const inside = api?.ports?.map((port) => Number(port.split(':').at(-1))) ?? [];
  if (inside.join() !== String(http.port))
    findings.push(`api: publishes ${inside.join()}, and listens at ${http.port}`);
  const ui = compose.services['temporal-ui'];
  const uiPort = ui?.environment?.['TEMPORAL_UI_PORT'];
  if (ui?.ports?.some((port) => port.split(':').at(-1) === uiPort) !== true)
    findings.push(`temporal-ui: does not publish ${uiPort}`);
  if (!resolve(ui?.healthcheck?.test.join(' ') ?? '', {}).includes(`:${uiPort}/healthz`))
    findings.push(`temporal-ui: is not probed at ${uiPort}`);
  const links = resolve(compose.services['api']?.environment?.['TEMPORAL_UI_URL'] ?? '', {});
  const published = resolve(ui?.ports?.[0] ?? '', {}).replace(/:\d+$/, '');
  if (links !== `http://${published}`) findings.push(`api: links to ${links}, and the UI is at ${published}`);
  const exposed = code.exists('Dockerfile');
  if (!exposed) findings.push('api: there is no Dockerfile');
  return findings;
}
