import * as z from 'zod';
import { HufuError } from '../../shared/errors.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { Catalogue } from './catalogue.ts';

const params = z.object({ name: z.string().regex(/^[a-z][a-z-]{0,40}$/), version: z.string().regex(/^[1-9]\d{0,3}$/) });

/** Type metadata at the `vct` address (SD-JWT VC 4.6). The bytes never change, so they may be kept for good. */
export function catalogueRoutes(catalogue: Catalogue): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/types/:name/:version',
      summary: 'Type metadata of a credential type',
      tag: 'catalogue',
      params,
      cors: 'public',
      replies: { 200: { description: 'The document; its hash is `vct#integrity`', type: 'application/json' } },
      handle: async ({ params: { name, version } }) => {
        const document = catalogue.findTypeDocument(name, Number(version));
        if (document === undefined) throw new HufuError('not_found');
        return {
          bytes: document.bytes,
          type: 'application/json',
          headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
        };
      },
    }),
  ];
}
