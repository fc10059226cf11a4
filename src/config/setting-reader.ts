// Reads one setting after another: the environment first, then jisr.yaml; remembers what is wrong.
// Never stops at a problem, and never shows a secret.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemErrorCode } from '../system-error';
import type { ConfigProblem } from './problem';
import { Secret } from './secret';
import { secretText, type ValueKind } from './values';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One mapping of jisr.yaml. `where` names it in problems: `jisr.yaml: sources[1]`. */
export interface YamlSection {
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Where a setting may stand. Further sources have no variables: `variable` is null. */
export interface Setting {
  readonly variable: string | null;
  readonly section: YamlSection;
  readonly key: string;
}

interface Found {
  readonly where: string;
  readonly value: unknown;
}

export class SettingReader {
  readonly #problems: ConfigProblem[] = [];

  constructor(
    private readonly environment: Environment,
    /** Files named in the environment are relative to the working folder … */
    private readonly workingFolder: string,
    /** … and files named in jisr.yaml to the folder of jisr.yaml. */
    private readonly yamlFolder: string,
  ) {}

  get problems(): readonly ConfigProblem[] {
    return this.#problems;
  }

  refuse(problem: ConfigProblem): void {
    this.#problems.push(problem);
  }

  /** A variable that is set; an empty one is not. */
  variable(name: string): string | null {
    const value = this.environment[name];
    return value === undefined || value === '' ? null : value;
  }

  /** The value; null when it stands nowhere, or not as it should (then the problem is noted). */
  value<T>(setting: Setting, kind: ValueKind<T>): T | null {
    const found = this.fromVariable(setting.variable) ?? fromYaml(setting.section, setting.key);
    return found === null ? null : this.parse(found, kind);
  }

  /** A path, made absolute. */
  path(setting: Setting, kind: ValueKind<string>): string | null {
    const value = this.value(setting, kind);
    if (value === null) return null;
    const fromEnvironment = this.fromVariable(setting.variable) !== null;
    return resolve(fromEnvironment ? this.workingFolder : this.yamlFolder, value);
  }

  /** A secret by `NAME` or `NAME_FILE`, or in YAML by `key`, `key_file` or `key_env`. */
  secret(setting: Setting, kind: ValueKind<string> = secretText): Secret | null {
    const found = this.secretFromEnvironment(setting.variable) ?? this.secretFromYaml(setting);
    const value = found === null ? null : this.parse(found, kind);
    return value === null ? null : new Secret(value);
  }

  private fromVariable(name: string | null): Found | null {
    const value = name === null ? null : this.variable(name);
    return name === null || value === null ? null : { where: name, value };
  }

  private secretFromEnvironment(name: string | null): Found | null {
    if (name === null) return null;
    const direct = this.fromVariable(name);
    const file = this.fromVariable(`${name}_FILE`);
    if (direct !== null && file !== null) {
      this.refuse({ where: `${name} and ${name}_FILE`, found: 'both set', expected: 'one of the two' });
      return null;
    }
    return file === null ? direct : this.fileContent(file, this.workingFolder);
  }

  private secretFromYaml({ section, key }: Setting): Found | null {
    const given = [key, `${key}_file`, `${key}_env`].flatMap((name) => fromYaml(section, name) ?? []);
    if (given.length > 1) {
      this.refuse({
        where: given.map(({ where }) => where).join(' and '),
        found: 'all set',
        expected: 'one of them',
      });
      return null;
    }
    const file = fromYaml(section, `${key}_file`);
    if (file !== null) return this.fileContent(file, this.yamlFolder);
    const named = fromYaml(section, `${key}_env`);
    if (named === null) return fromYaml(section, key);
    const value = this.fromVariable(String(named.value));
    if (value === null) {
      this.refuse({
        where: named.where,
        found: `${String(named.value)}, which is not set`,
        expected: 'the name of a variable',
      });
    }
    return value;
  }

  private fileContent(path: Found, folder: string): Found | null {
    const file = resolve(folder, String(path.value));
    try {
      const content = readFileSync(file, 'utf8').trim();
      if (content !== '') return { where: path.where, value: content };
      this.refuse({
        where: path.where,
        found: `an empty file: ${file}`,
        expected: 'a file that holds the secret',
      });
    } catch (error) {
      const reason = systemErrorCode(error) ?? 'unreadable';
      this.refuse({ where: path.where, found: `${file} (${reason})`, expected: 'a file that can be read' });
    }
    return null;
  }

  private parse<T>(found: Found, kind: ValueKind<T>): T | null {
    const result = kind.schema.safeParse(found.value);
    if (result.success) return result.data;
    const show = kind.show ?? JSON.stringify;
    this.refuse({ where: found.where, found: show(found.value), expected: kind.expected });
    return null;
  }
}

function fromYaml(section: YamlSection, key: string): Found | null {
  const value = section.values[key];
  return value === undefined || value === null || value === ''
    ? null
    : { where: `${section.where}.${key}`, value };
}
