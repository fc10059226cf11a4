// What the bridge advises in terms of its HTTP interface, said in those of the command line. Pure.

const NOUN =
  'events|deliveries|subscriptions|sources|quarantine|dead-letters|replays|notices|stats|processing';
const CALL = new RegExp(
  `\\b(GET|POST|PATCH|DELETE) /api/v1/(${NOUN})(?:/([^\\s/?:;,]+))?(?:/([a-z-]+))?(\\?[^\\s:;,]*)?`,
  'g',
);

/** `GET /api/v1/quarantine/2` becomes `jisr quarantine show 2`. */
export function asCommands(text: string): string {
  return text
    .replace(CALL, (_: string, method: string, noun: string, id?: string, act?: string, query?: string) =>
      ['jisr', noun, verbOf(method, noun, id ?? '', act ?? ''), keyOf(id ?? ''), ...wordsOf(query ?? '')]
        .filter((word) => word !== '')
        .join(' '),
    )
    .replaceAll('send a corrected body as `raw`', 'give the corrected event by --raw-file')
    .replaceAll('another `url` (`PATCH`)', 'another address (`jisr subscriptions update … --url`)')
    .replaceAll('the final address (`PATCH`)', 'the final address (`jisr subscriptions update … --url`)');
}

function verbOf(method: string, noun: string, id: string, act: string): string {
  if (act === 'reconciliation') return 'reconcile';
  if (act !== '') return act;
  if (method === 'PATCH') return 'update';
  if (method === 'DELETE') return 'delete';
  if (method === 'POST') return 'create';
  if (id !== '') return 'show';
  return noun === 'stats' ? '' : noun === 'processing' ? 'show' : 'list';
}

/** A path has the key of a second source as `hq%2F17`. */
function keyOf(id: string): string {
  return id.replaceAll('%2F', '/');
}

/** `?q=…&status=dead_letter` becomes `--q … --status dead_letter`. */
function wordsOf(query: string): readonly string[] {
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '')
    .flatMap((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [`--${name.replaceAll('_', '-')}`, value];
    });
}
