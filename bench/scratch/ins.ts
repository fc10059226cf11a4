import { startPostgres, findPostgres } from '../../test/support/postgres';
import { Client } from 'pg';
import { startSimulator } from '../../src/simulator/simulator';
async function main() {
  const pg = await startPostgres(findPostgres()!);
  const url = await pg.createDatabase();
  const c = new Client({ connectionString: url }); await c.connect();
  const fs = require('fs');
  const base = JSON.parse(fs.readFileSync('/tmp/payloads.json', 'utf8'));
  const variants: Record<string, string> = {
    'jsonb pglz': 'create table t (id bigserial primary key, p jsonb)',
    'jsonb lz4': 'create table t (id bigserial primary key, p jsonb compression lz4)',
    'jsonb external': 'create table t (id bigserial primary key, p jsonb); alter table t alter p set storage external',
    'json pglz': 'create table t (id bigserial primary key, p json)',
    'json lz4': 'create table t (id bigserial primary key, p json compression lz4)',
    'json external': 'create table t (id bigserial primary key, p json); alter table t alter p set storage external',
  };
  for (const [name, ddl] of Object.entries(variants)) {
    await c.query(ddl);
    const times: number[] = [];
    for (let i = 0; i < 6; i++) {
      const joined = base.map((p: unknown) => JSON.stringify(p)).join('\x1e');
      const t = performance.now();
      const type = name.split(' ')[0];
      await c.query(`insert into t (p) select x::${type} from unnest(string_to_array($1, $2)) x`, [joined, '\x1e']);
      times.push(performance.now() - t);
    }
    const { rows } = await c.query(`select pg_total_relation_size('t') s`);
    console.log(name, times.slice(1).map((x) => x.toFixed(0)).join(' '), Math.round(rows[0].s / 6000), 'B/row');
    await c.query('drop table t');
  }
  await c.end(); await pg.close();
}
main().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
