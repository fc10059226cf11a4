// Lists in statements, each as one parameter: the text stays the same however many there are.
import { sql, type SQL } from 'drizzle-orm';

/** To stand behind `=`: one of these texts. */
export function anyText(texts: readonly string[]): SQL {
  return sql`any(array(select json_array_elements_text(${JSON.stringify(texts)}::json)))`;
}

/** One of these numbers. */
export function anyNumber(numbers: readonly number[]): SQL {
  return sql`any(array(select json_array_elements_text(${JSON.stringify(numbers)}::json)::bigint))`;
}
