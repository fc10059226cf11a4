// Which Temporal server to use, and how to reach it.
// Never reads the user's temporal.toml: `npm start` on a laptop must not end up on the company's server.

import { loadClientConnectConfig } from '@temporalio/envconfig';
import { messageOf } from '../system-error';
import { Secret } from './secret';
import type { SettingReader, YamlSection } from './setting-reader';
import type { TemporalConfig, TemporalConnectionOptions, TemporalServerConfig } from './shape';
import { flag, hostAndPort, httpUrl, secretText, text } from './values';

const TLS_FLAG = 'TEMPORAL_TLS';
const TLS_PAIRS = ['CLIENT_CERT', 'CLIENT_KEY', 'SERVER_CA_CERT'] as const;
const TLS_TEXTS = [
  'TEMPORAL_TLS_SERVER_NAME',
  ...TLS_PAIRS.flatMap((name) => [`TEMPORAL_TLS_${name}_PATH`, `TEMPORAL_TLS_${name}_DATA`]),
];

export function readTemporal(reader: SettingReader, section: YamlSection): TemporalConfig {
  const address = reader.value({ variable: 'TEMPORAL_ADDRESS', section, key: 'address' }, hostAndPort);
  const namespace =
    reader.value({ variable: 'TEMPORAL_NAMESPACE', section, key: 'namespace' }, text) ?? 'default';
  const cliPath = reader.path({ variable: 'TEMPORAL_CLI_PATH', section, key: 'cli_path' }, text);
  const apiKey = reader.secret({ variable: 'TEMPORAL_API_KEY', section, key: 'api_key' });
  const uiUrl = reader.value({ variable: 'TEMPORAL_UI_URL', section, key: 'ui_url' }, httpUrl);
  const tls = readTlsVariables(reader);
  const server = address === null ? embedded() : external(address);
  return { server, namespace, uiUrl };

  function embedded(): TemporalServerConfig {
    const needless = [...Object.keys(tls), ...(apiKey === null ? [] : ['TEMPORAL_API_KEY'])];
    if (needless.length > 0 && reader.problems.every(({ where }) => where !== 'TEMPORAL_ADDRESS')) {
      // Somebody means a server of their own; a silent local one would look as if all were well.
      const found = `nothing, but ${needless.join(', ')}`;
      reader.refuse({ where: 'TEMPORAL_ADDRESS', found, expected: 'the server they belong to' });
    }
    return { kind: 'embedded', cliPath };
  }

  function external(serverAddress: string): TemporalServerConfig {
    const options = connectionOptions(reader, {
      ...tls,
      TEMPORAL_ADDRESS: serverAddress,
      ...(apiKey === null ? {} : { TEMPORAL_API_KEY: apiKey.reveal() }),
    });
    return {
      kind: 'external',
      address: serverAddress,
      tls: tlsKind(options),
      apiKey: apiKey === null ? 'not set' : 'set',
      connectionOptions: new Secret(options),
    };
  }
}

/** The variables that are set and sound. envconfig itself takes TEMPORAL_TLS=yes for "no TLS", without a word. */
function readTlsVariables(reader: SettingReader): Record<string, string> {
  const none: YamlSection = { where: 'temporal', values: {} };
  const variables: Record<string, string> = {};
  const on = reader.value({ variable: TLS_FLAG, section: none, key: 'tls' }, flag);
  if (on !== null) variables[TLS_FLAG] = String(on);
  for (const name of TLS_TEXTS) {
    const value = reader.value({ variable: name, section: none, key: name }, secretText);
    if (value !== null) variables[name] = value;
  }
  const has = (name: string) => Object.keys(variables).some((key) => key.startsWith(`TEMPORAL_TLS_${name}`));
  if (has('CLIENT_CERT') !== has('CLIENT_KEY')) {
    // One without the other is dropped silently, and the server then refuses the connection.
    const found = `only the ${has('CLIENT_CERT') ? 'certificate' : 'key'}`;
    reader.refuse({
      where: 'TEMPORAL_TLS_CLIENT_CERT_*, TEMPORAL_TLS_CLIENT_KEY_*',
      found,
      expected: 'both or none',
    });
  }
  return variables;
}

function connectionOptions(
  reader: SettingReader,
  variables: Record<string, string>,
): TemporalConnectionOptions {
  try {
    return loadClientConnectConfig({ disableFile: true, overrideEnvVars: variables }).connectionOptions;
  } catch (error) {
    // A certificate that cannot be read, or given both as path and as data.
    reader.refuse({
      where: 'TEMPORAL_TLS_*',
      found: messageOf(error),
      expected: 'files that can be read, each as _PATH or as _DATA',
    });
    return {};
  }
}

function tlsKind({ tls }: TemporalConnectionOptions): 'off' | 'server' | 'mutual' {
  if (tls === undefined || tls === null || tls === false) return 'off';
  return tls !== true && tls.clientCertPair ? 'mutual' : 'server';
}
