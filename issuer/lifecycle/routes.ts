import * as z from 'zod';
import { HufuError } from '../../shared/errors.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import { problemTable, type WireErrors } from '../../shared/server/wire.ts';
import { statusListType } from '../../shared/status-list/index.ts';
import type { Lifecycle } from './lifecycle.ts';

const type = `application/${statusListType}`;
/** Copies may be kept, but are asked about at each use: an unchanged list costs an empty answer. */
const caching = 'public, no-cache';

const listErrors: WireErrors = {
  style: 'problem',
  table: {
    ...problemTable,
    status_unavailable: { status: 501, error: 'not_implemented', description: 'Only the list of now is served.' },
  },
};

/** Status list tokens (Token Status List 8.1) and their aggregation (9.3); public, nothing personal in the address. */
export function lifecycleRoutes(lifecycle: Lifecycle): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/status-lists',
      summary: 'Addresses of all status lists',
      tag: 'lifecycle',
      cors: 'public',
      replies: { 200: { description: 'Aggregation', schema: z.object({ status_lists: z.array(z.string()) }) } },
      handle: async () => ({
        json: { status_lists: await lifecycle.listUris() },
        headers: { 'Cache-Control': caching },
      }),
    }),
    route({
      method: 'GET',
      path: '/status-lists/:id',
      summary: 'One status list token',
      tag: 'lifecycle',
      params: z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{16}$/) }),
      query: z.object({ time: z.string().optional().meta({ description: 'Of another time than now: refused (8.4)' }) }),
      wireErrors: listErrors,
      cors: 'public',
      replies: {
        200: { description: 'Status list token', type },
        304: { description: 'Not changed' },
        404: { description: 'No such list' },
        501: { description: 'History is not served' },
      },
      handle: async ({ params, query, header }) => {
        // Whose card was how on which day is nobody's business.
        if (query.time !== undefined) throw new HufuError('status_unavailable', { at: 'query.time' });
        const found = await lifecycle.findListToken(params.id);
        if (found === undefined) throw new HufuError('not_found');
        const headers = { ETag: found.etag, 'Cache-Control': caching };
        if (header('if-none-match') === found.etag) return { status: 304, headers };
        return { text: found.token, type, headers };
      },
    }),
  ];
}
