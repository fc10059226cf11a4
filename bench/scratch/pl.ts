import { PushBodies } from '../children/push-bodies';
import { writeFileSync } from 'node:fs';
const b = new PushBodies(1, null);
writeFileSync('/tmp/payloads.json', JSON.stringify(b.many(1, 1000).map((x) => (JSON.parse(x) as { data: unknown }).data)));
