import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { openApi } from '../../../shared/server/openapi.ts';
import { type Route, route } from '../../../shared/server/routes.ts';
import { type Sample, send, startSample } from '../../support/sample-app.ts';

const maxBytes = 1_000;
const routes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/photo',
    summary: 'A photo',
    tag: 'x',
    body: { type: 'bytes', media: ['image/jpeg', 'image/png'], schema: z.instanceof(Uint8Array), maxBytes },
    replies: { 200: { description: 'Its length and first byte.' } },
    handle: async ({ body }) => ({ json: { length: body.length, first: body[0] } }),
  }),
  route({
    method: 'POST',
    path: '/octets',
    summary: 'Bytes of no type',
    tag: 'x',
    body: { type: 'bytes', schema: z.instanceof(Uint8Array) },
    replies: { 200: { description: 'Their length.' } },
    handle: async ({ body }) => ({ json: { length: body.length } }),
  }),
];

let sample: Sample;
beforeAll(async () => {
  sample = await startSample({ routes });
});
afterAll(() => sample.close());

const post = (body: Uint8Array | readonly Uint8Array[], headers: Record<string, string>, path = '/photo') =>
  send(sample.port, 'POST', path, { body, headers });

it('bytes arrive as they were sent, whatever UTF-8 thinks of them', async () => {
  const bytes = new Uint8Array([0xff, 0xd8, 0x00, 0xc3, 0x28]);
  const answer = await post(bytes, { 'content-type': 'image/jpeg' });
  expect([answer.status, answer.text]).toEqual([200, '{"length":5,"first":255}']);
  const octets = await post(bytes, { 'content-type': 'application/octet-stream' }, '/octets');
  expect([octets.status, octets.text]).toEqual([200, '{"length":5}']);
});

it.each(['text/html', 'application/json', 'image/gif', 'image/svg+xml', 'image/jpeg, text/html', ''])(
  'a type that is not on the list is 415: %s',
  async (type) => {
    expect((await post(new Uint8Array(3), { 'content-type': type })).status).toBe(415);
    expect((await post(new Uint8Array(3), { 'content-type': 'image/png' })).status).toBe(200);
  },
);

it('a compressed body is 415', async () => {
  const headers = { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' };
  expect((await post(new Uint8Array(3), headers)).status).toBe(415);
});

it('one byte too many is 413, announced or not; the limit itself passes', async () => {
  const type = { 'content-type': 'image/jpeg' };
  expect((await post(new Uint8Array(maxBytes), type)).status).toBe(200);
  expect((await post(new Uint8Array(maxBytes + 1), type)).status).toBe(413);
  const chunked = { ...type, 'transfer-encoding': 'chunked' };
  expect((await post([new Uint8Array(maxBytes), new Uint8Array(1)], chunked)).status).toBe(413);
});

it('nothing at all is 400', async () => {
  expect((await post(new Uint8Array(0), { 'content-type': 'image/jpeg' })).status).toBe(400);
  const chunked = { 'content-type': 'image/jpeg', 'transfer-encoding': 'chunked' };
  expect((await post([], chunked)).status).toBe(400);
});

it('is described by its media types', () => {
  const info = { title: 't', version: '1', description: '', baseUrl: 'https://id.example' };
  const paths = openApi(routes, info).paths;
  expect(paths).toMatchObject({
    '/photo': { post: { requestBody: { required: true, content: { 'image/jpeg': {}, 'image/png': {} } } } },
    '/octets': { post: { requestBody: { content: { 'application/octet-stream': {} } } } },
  });
});
