import type { RequestTables } from './tables.ts';

export type LinkRow = RequestTables['request_link'];

/** Where the secrets of a link are sealed. */
export const secretsPlace = (rid: string) => ({ table: 'request_link', column: 'secrets', row: rid }) as const;
