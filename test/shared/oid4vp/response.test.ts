import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { parseShape } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import { encryptJwe, generateEncryptionKey } from '../../../shared/jwt/index.ts';
import {
  clientMetadata,
  directPostForm,
  openResponse,
  sceneFormat,
  sealResponse,
  verifierInfoEntry,
  vpToken,
} from '../../../shared/oid4vp/index.ts';

const state = 's'.repeat(32);
let key: { readonly publicJwk: JsonObject; readonly privateJwk: JsonObject };
beforeAll(async () => {
  key = await generateEncryptionKey('kid-1');
});
const recipient = () => ({ jwk: key.publicJwk, kid: 'kid-1', enc: 'A128GCM' }) as const;
const open = (jwe: string, changed: Partial<Parameters<typeof openResponse>[1]> = {}) =>
  openResponse(jwe, { privateJwk: key.privateJwk, kid: 'kid-1', expectedState: state, ...changed });
const code = (jwe: string, changed: Partial<Parameters<typeof openResponse>[1]> = {}) =>
  open(jwe, changed).then(() => 'accepted', codeOf);

describe('an encrypted response', () => {
  it('comes back as it was sealed', async () => {
    const jwe = await sealResponse({ vpToken: { a: ['x~'] }, state, matchNumber: '07' }, recipient());
    expect(await open(jwe)).toMatchObject({ vp_token: { a: ['x~'] }, state, hufu_match_number: '07' });
  });

  it('for another key, another request or with another state is refused', async () => {
    const other = await generateEncryptionKey('kid-1');
    const jwe = await sealResponse({ vpToken: { a: ['x'] }, state }, recipient());
    expect(await code(jwe)).toBe('accepted');
    expect(await code(jwe, { privateJwk: other.privateJwk })).toBe('jwe_invalid');
    expect(await code(jwe, { kid: 'kid-2' })).toBe('jwe_invalid');
    expect(await code(jwe, { expectedState: 't'.repeat(32) })).toBe('state_unknown');
    expect(await code(await sealResponse({ vpToken: { a: ['x'] }, state: undefined }, recipient()))).toBe(
      'state_unknown',
    );
  });

  it.each([
    ['no vp_token', { state }],
    ['a vp_token as text', { state, vp_token: 'x' }],
    ['a vp_token as array', { state, vp_token: ['x'] }],
    ['an empty vp_token', { state, vp_token: {} }],
    ['a presentation outside an array', { state, vp_token: { a: 'x' } }],
    ['an empty array', { state, vp_token: { a: [] } }],
    ['a presentation that is an object', { state, vp_token: { a: [{}] } }],
    ['a match number of three digits', { state, vp_token: { a: ['x'] }, hufu_match_number: '123' }],
    ['a match number that is a number', { state, vp_token: { a: ['x'] }, hufu_match_number: 47 }],
  ] as [string, JsonObject][])('with %s is refused', async (_name, payload) => {
    expect(await code(await encryptJwe(payload, key.publicJwk, { enc: 'A256GCM' }))).toBe('shape');
  });

  it('may hold members we do not know', async () => {
    const payload = { state, vp_token: { a: ['x'] }, presentation_submission: {} };
    expect(await code(await encryptJwe(payload, key.publicJwk, { enc: 'A256GCM' }))).toBe('accepted');
  });
});

describe('the wire shapes', () => {
  it('nc-085 a form with a bare vp_token is neither answer nor error', () => {
    const parse = (form: JsonObject) => {
      try {
        parseShape(directPostForm, form);
        return 'accepted';
      } catch (error) {
        return codeOf(error);
      }
    };
    expect(parse({ response: 'a.b.c.d.e' })).toBe('accepted');
    expect(parse({ error: 'access_denied', state })).toBe('accepted');
    expect(parse({ vp_token: '{"a":["x"]}', state })).toBe('shape');
    expect(parse({ error: 'made_up', state })).toBe('shape');
    expect(parse({})).toBe('shape');
    // Two answers in one form: a front door and the service behind it could each read another.
    expect(parse({ response: 'a.b.c.d.e', error: 'access_denied', state })).toBe('shape');
    for (const other of ['vp_token', 'id_token', 'code', 'presentation_submission']) {
      expect(parse({ response: 'a.b.c.d.e', [other]: 'x' })).toBe('shape');
      expect(parse({ error: 'access_denied', state, [other]: 'x' })).toBe('shape');
    }
    expect(parse({ response: 'a.b.c.d.e', something_new: 'x' })).toBe('accepted');
    expect(parse({ error: 'access_denied', error_description: 'x', state })).toBe('accepted');
  });

  it('a vp_token has no members of the language', () => {
    expect(() => parseShape(vpToken, JSON.parse('{"__proto__":["x"]}'))).toThrow();
  });

  it('client metadata offers both content encryptions and names no formats beyond ours', () => {
    expect(clientMetadata(key.publicJwk)).toEqual({
      jwks: { keys: [key.publicJwk] },
      encrypted_response_enc_values_supported: ['A256GCM', 'A128GCM'],
      vp_formats_supported: {
        'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256', 'Ed25519'], 'kb-jwt_alg_values': ['ES256', 'Ed25519'] },
        jwt_vc_json: { alg_values: ['ES256', 'EdDSA'] },
      },
    });
  });

  const schemaFile = new URL('../../../../shared/vectors/json-schemas/verifier_info.json', import.meta.url);
  describe.skipIf(!existsSync(schemaFile))('verifier_info, by the conformance suite’s schema', () => {
    it('our entry fits it, and what does not fit it does not fit ours', () => {
      const check = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
      const entry = { format: sceneFormat, data: 'a.b.c' };
      expect(check({ verifier_info: [entry] })).toBe(true);
      expect(() => parseShape(verifierInfoEntry, entry)).not.toThrow();
      for (const bad of [{ data: 'x' }, { format: '', data: 'x' }, { format: 'x' }, { format: 'x', data: 1 }]) {
        expect(check({ verifier_info: [bad] })).toBe(false);
        expect(() => parseShape(verifierInfoEntry, bad)).toThrow();
      }
    });
  });
});
