// Tells JSON objects from the rest of what came from outside.
import type { JsonObject } from './event';

/** Of what `JSON.parse` answers. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
