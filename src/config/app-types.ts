// Which models each app pulls. Only jisr.yaml has them: `app_types:`, by the name of the app.
// Never drops one that it cannot read: a device would be given nothing, and nobody would know why.
import { USUAL_APP_TYPES, type AppTypes } from '../domain/app-types';
import type { SettingReader, YamlSection } from './setting-reader';
import { listOf, text } from './values';

const models = listOf(text, 'a list of models, which may hold * as in sale.*');

/** The usual ones, and over them what is configured. */
export function readAppTypes(reader: SettingReader, section: YamlSection): AppTypes {
  const configured = Object.keys(section.values).flatMap((key) => {
    const wanted = reader.value({ variable: null, section, key }, models);
    return wanted === null ? [] : [[key, wanted] as const];
  });
  return new Map([...USUAL_APP_TYPES, ...configured]);
}
