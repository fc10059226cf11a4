// What an older version leaves out while it runs beside this one, on tables that this one has changed already: it knows
// no counter and no column that came later. Made up for at every start.
import { sql } from 'drizzle-orm';
import { transaction, type Database } from './database';
import { lastErrorClass } from './deliveries/last-error-class';

/** Processes that start at one moment do it one after another. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtext('jisr older versions'))`;

/** Safe to repeat, and while others write. */
export async function makeUpForOlderVersions(db: Database): Promise<void> {
  await transaction(db, ONE_AT_A_TIME, async (tx) => {
    // Whoever adds to them from here on comes after the look below, and is not in it.
    await tx.execute(sql`select from counters where name = 'quarantined_copies' order by source for update`);
    // Only upwards: copies of one page that are the same are one time in quarantine.
    await tx.execute(sql`
      insert into counters (source, name, value)
      select source, 'quarantined_copies', sum(times) from quarantine group by source order by source
      on conflict (source, name) do update set value = excluded.value where counters.value < excluded.value`);
    await tx.execute(sql`
      update deliveries d set error_class = ${lastErrorClass(sql`d.id`)}
      where d.state = 'dead' and d.error_class is null and d.attempts > 0`);
  });
}
