import { expect, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { bearerAuth } from '../../../shared/server/bearer.ts';
import { withDocs } from '../../../shared/server/docs.ts';
import { openApi } from '../../../shared/server/openapi.ts';
import { type Route, route } from '../../../shared/server/routes.ts';
import { problemTable } from '../../../shared/server/wire.ts';
import { send, startSample } from '../../support/sample-app.ts';

const auth = bearerAuth({
  name: 'adminToken',
  prefix: 'x_',
  description: '<b>A token</b>',
  roles: ['operator'],
  find: async () => undefined,
});
const routes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/admin/offers/:id',
    summary: 'Make an <offer>',
    tag: 'offers & more',
    auth,
    params: mini.object({ id: mini.string().check(mini.regex(/^[a-z]+$/)) }),
    query: z.object({ dry: z.enum(['yes', 'no']).optional(), at: z.string() }),
    body: { type: 'json', schema: z.object({ person: z.string().max(18), code: z.boolean().default(true) }) },
    rate: { points: 1, seconds: 1, key: 'ip' },
    replies: {
      201: { description: 'Made.', schema: z.object({ id: z.string() }) },
      409: { description: 'There is one.' },
    },
    handle: async () => ({ status: 201, json: { id: '1' } }),
  }),
  route({
    method: 'POST',
    path: '/token',
    summary: 'Token',
    tag: 'tokens',
    body: { type: 'form', schema: mini.looseObject({ grant_type: mini.string() }) },
    wireErrors: { style: 'oauth', table: problemTable },
    replies: { 200: { description: 'A token.', schema: mini.object({ access_token: mini.string() }) } },
    handle: async () => ({ json: {} }),
  }),
  route({
    method: 'GET',
    path: '/.well-known/x',
    place: 'well-known',
    summary: 'Well known',
    tag: 'tokens',
    replies: { 200: { description: 'A JWT.', type: 'application/jwt' } },
    handle: async () => ({ text: '' }),
  }),
];
const info = { title: 'A service', version: '1', description: 'For <tests>.', baseUrl: 'https://id.example/issuer/' };
const document = openApi(routes, info);

it('describes a route from the same schemas that guard it', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    servers: [{ url: 'https://id.example/issuer' }],
    components: { securitySchemes: { adminToken: { type: 'http', scheme: 'bearer' } } },
  });
  const operation = Reflect.get(document.paths as object, '/admin/offers/{id}').post;
  expect(operation).toMatchObject({
    operationId: 'post_admin_offers_id',
    security: [{ adminToken: [] }],
    parameters: [
      { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z]+$' } },
      { name: 'dry', in: 'query', required: false, schema: { enum: ['yes', 'no'] } },
      { name: 'at', in: 'query', required: true },
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { required: ['person'], properties: { person: { maxLength: 18 } } } } },
    },
  });
  expect(Object.keys(operation.responses)).toEqual(['201', '401', '403', '409', '413', '415', '429', 'default']);
  expect(operation.responses['201'].content['application/json'].schema.required).toEqual(['id']);
  expect(operation.responses['409'].content['application/problem+json'].schema).toEqual({
    $ref: '#/components/schemas/Problem',
  });
});

it('names the form, the OAuth error and another origin path where they apply', () => {
  expect(document.paths).toMatchObject({
    '/token': {
      post: {
        requestBody: { content: { 'application/x-www-form-urlencoded': {} } },
        responses: {
          default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } } } },
        },
      },
    },
    '/.well-known/x/issuer': {
      servers: [{ url: 'https://id.example' }],
      get: { responses: { 200: { content: { 'application/jwt': {} } } } },
    },
  });
});

it('serves the document and the page, escaped, without script', async () => {
  const sample = await startSample({ routes: withDocs(routes, info) });
  const served = await send(sample.port, 'GET', '/openapi.json');
  expect(JSON.parse(served.text).paths['/docs']).toBeDefined();
  const page = await send(sample.port, 'GET', '/docs');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const text of [
    'Make an &lt;offer&gt;',
    'For &lt;tests&gt;.',
    '&lt;b&gt;A token&lt;/b&gt;',
    'id="tag-offers-more"',
    '/admin/offers/{id}',
  ])
    expect(page.text).toContain(text);
  expect(page.text).not.toMatch(/<script|<b>|<offer>/);
  await sample.close();
});
