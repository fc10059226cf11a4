// Every line that the code logs: its level, its text and its fields, from the code itself.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly fields: readonly string[];
  readonly file: string;
}

const SRC = join(__dirname, '../../src');
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** What makes a logger, or hands its lines on. */
const NOT_LOGGED_FROM = ['logger.ts'];

/** @throws Error where a line has no constant text, or its fields are not written where it is */
export function logLines(): readonly LogLine[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !NOT_LOGGED_FROM.includes(name))
    .flatMap((name) => linesOf(name, readFileSync(join(SRC, name), 'utf8')))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

export function linesOf(file: string, code: string): readonly LogLine[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.ES2023, true);
  const lines: LogLine[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const level = levelOf(node.expression);
      if (level !== null) lines.push({ ...lineOf(file, node), level, file });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

/** `log.warn`, `something.log.warn`. */
function levelOf(called: ts.Expression): string | null {
  if (!ts.isPropertyAccessExpression(called) || !LEVELS.includes(called.name.text)) return null;
  const logger = called.expression;
  const name = ts.isPropertyAccessExpression(logger) ? logger.name : logger;
  return ts.isIdentifier(name) && name.text === 'log' ? called.name.text : null;
}

/** Pino takes the fields first, the activities' logger last. */
function lineOf(file: string, call: ts.CallExpression): Pick<LogLine, 'text' | 'fields'> {
  const text = call.arguments.find(ts.isStringLiteral)?.text;
  if (text === undefined) throw new Error(`${file}: no constant text in ${call.getText()}`);
  const rest = call.arguments.filter((argument) => !ts.isStringLiteral(argument));
  const fields = rest.flatMap((argument) => {
    if (!ts.isObjectLiteralExpression(argument))
      throw new Error(`${file}: fields that are written elsewhere in ${call.getText()}`);
    return argument.properties.map((property) => {
      if (property.name === undefined) throw new Error(`${file}: spread fields in ${call.getText()}`);
      return property.name.getText();
    });
  });
  return { text, fields };
}
