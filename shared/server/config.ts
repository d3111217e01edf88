/**
 * Configuration: environment over an optional JSON file, checked whole by one schema. All faults are reported at once
 * and by name; a value is never printed. The only place that reads process.env.
 */
import { readFileSync } from 'node:fs';
import type { $ZodType } from 'zod/v4/core';
import { safeParse } from 'zod/v4/core';
import { type JsonObject, parseJsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends HufuError {
  /** Names of the settings at fault, each with what is wrong in a constant word. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super('config_invalid', { at: faults.join(', ') });
    this.faults = faults;
  }
}

/** The environment of this process: the one place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * `schema` is an object of settings named like environment variables (BASE_URL, DATA_DIR). An empty variable counts as
 * absent. A name in the file that the schema does not know is a fault: a mistyped setting must not be a silent default.
 */
export function readConfig<T>(schema: $ZodType<T>, options: { readonly env: Environment; readonly file?: string }): T {
  const fromFile = options.file === undefined ? {} : readFile(options.file);
  const names = settingNames(schema);
  const faults = Object.keys(fromFile)
    .filter((name) => !names.includes(name))
    .map((name) => `${shown(name)}: unknown`);
  const values: Record<string, unknown> = { ...fromFile };
  for (const name of names) {
    const value = options.env[name];
    if (value !== undefined && value !== '') values[name] = value;
  }
  const result = safeParse(schema, values);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = issue.path.join('.') || 'settings';
      faults.push(`${name}: ${Object.hasOwn(values, String(issue.path[0])) ? 'not valid' : 'missing'}`);
    }
  }
  if (faults.length > 0 || !result.success) throw new ConfigError([...new Set(faults)]);
  return result.data;
}

function readFile(file: string): JsonObject {
  try {
    return parseJsonObject(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([error instanceof HufuError ? `config file: ${error.code}` : 'config file: unreadable']);
  }
}

function settingNames(schema: $ZodType): readonly string[] {
  const { def } = schema._zod;
  if (def.type !== 'object' || !('shape' in def) || typeof def.shape !== 'object' || def.shape === null) {
    throw new TypeError('a configuration schema is a z.object');
  }
  return Object.keys(def.shape);
}

function shown(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) ? name : '?';
}
