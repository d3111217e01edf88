/**
 * The log speaks a closed vocabulary: an event's name decides its fields, and no field takes free text. Strings are
 * ids we minted, codes, and routes of our own; anything that does not look like one is written as `?`, so that a
 * personal value passed by mistake does not get out. New events: add a line to `log-events.ts`.
 */
import pino from 'pino';
import { type Clock, systemClock } from '../clock.ts';
import type { EventName, Events } from './log-events.ts';

export type { EventName, Events } from './log-events.ts';

export interface Log {
  event<N extends EventName>(name: N, fields: Events[N]): void;
}

export interface LogOptions {
  readonly service: string;
  readonly clock?: Clock;
  /** Takes one JSON line with its newline; standard output by default. */
  readonly write?: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const clock = options.clock ?? systemClock;
  const write = options.write;
  const logger = pino(
    {
      base: { service: options.service },
      messageKey: 'event',
      timestamp: () => `,"time":${clock.now()}`,
      formatters: { level: (level) => ({ level }) },
    },
    write === undefined ? pino.destination({ sync: true }) : { write },
  );
  return {
    event(name, fields) {
      if (name.endsWith('.failed')) logger.error(safe(fields), name);
      else logger.info(safe(fields), name);
    },
  };
}

/** A log that keeps nothing: for tools and tests that look elsewhere. */
export const silentLog: Log = { event: () => undefined };

/** An id, a code, a URL of ours without a query, or a method with the pattern of a route. */
const word = /^(?:[A-Z]{3,7} )?[A-Za-z0-9/-][A-Za-z0-9._:/-]{0,127}$/;
const longDigits = /\d{15}/;

function safe(fields: object): Record<string, string | number | boolean> {
  const out: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'number' || typeof value === 'boolean') out[name] = value;
    else out[name] = typeof value === 'string' && word.test(value) && !longDigits.test(value) ? value : '?';
  }
  return out;
}
