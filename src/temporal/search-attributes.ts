// Registers what events are found by. Where that is not allowed, says the commands that an administrator runs.
import type { NativeConnection } from '@temporalio/worker';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTE_TYPES } from '../contracts/search-attributes';

const INDEXED_TYPES = {
  Keyword: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const;

/** Thrown when attributes are missing and may not be made by us: the message has the commands. */
export class SearchAttributesMissing extends Error {}

/**
 * Makes those that are missing. Two processes may do so at once.
 * @throws SearchAttributesMissing
 */
export async function registerSearchAttributes(connection: Operator, namespace: string): Promise<void> {
  const missing = await missingAttributes(connection, namespace);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_TYPES[type]])),
    });
  } catch (error) {
    // Another process made them in the same moment, or we may not.
    const still = await missingAttributes(connection, namespace);
    if (still.length > 0) throw new SearchAttributesMissing(howToMake(still, namespace), { cause: error });
  }
}

type Operator = Pick<NativeConnection, 'operatorService'>;
type Attribute = readonly [name: string, type: 'Keyword' | 'KeywordList'];

export async function missingAttributes(
  connection: Operator,
  namespace: string,
): Promise<readonly Attribute[]> {
  const wanted: readonly Attribute[] = Object.entries(SEARCH_ATTRIBUTE_TYPES);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return wanted.filter(([name]) => !(name in customAttributes));
}

function howToMake(missing: readonly Attribute[], namespace: string): string {
  const commands = missing.map(
    ([name, type]) =>
      `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`,
  );
  return `Temporal lacks search attributes and does not let Jisr make them. Run, as an administrator:\n${commands.join('\n')}`;
}
