import { PGlite } from '@electric-sql/pglite';
async function main() {
  const db = await PGlite.create('memory://');
  for (const q of ['create table t (p json compression lz4)', 'show default_toast_compression', 'select version()', "select name, enumvals::text from pg_settings where name like '%compression%'"])
    try { console.log(q, JSON.stringify((await db.query(q)).rows)); } catch (e) { console.log(q, String(e)); }
  const fs = require('fs');
  const base = JSON.parse(fs.readFileSync('/tmp/payloads.json', 'utf8')) as unknown[];
  for (const [name, ddl] of Object.entries({ jsonb: 'create table u (id bigserial primary key, p jsonb)', json: 'create table u (id bigserial primary key, p json)', jsonext: 'create table u (id bigserial primary key, p json); alter table u alter p set storage external' })) {
    await db.exec(ddl);
    const times: number[] = [];
    for (let i = 0; i < 6; i++) {
      const joined = base.map((p) => JSON.stringify(p)).join('\x1e');
      const t = performance.now();
      await db.query(`insert into u (p) select x::${name.slice(0, name === 'jsonb' ? 5 : 4)} from unnest(string_to_array($1, $2)) x`, [joined, '\x1e']);
      times.push(performance.now() - t);
    }
    const { rows } = await db.query<{ s: number }>(`select pg_total_relation_size('u') s`);
    console.log(name, times.slice(1).map((x) => x.toFixed(0)).join(' '), Math.round(rows[0]!.s / 6000), 'B/row');
    await db.exec('drop table u');
  }
}
void main().then(() => process.exit(0));
