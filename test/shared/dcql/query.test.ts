import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { dcqlQuery, parseDcql } from '../../../shared/dcql/index.ts';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf, HufuError } from '../../../shared/errors.ts';

const credential: JsonObject = { id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: ['v'] } };
const named = (...names: string[]): Json[] => names.map((name) => ({ id: name, path: [name] }));

function judge(query: Json): string {
  try {
    parseDcql(query);
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
}
const judgeCredential = (changes: JsonObject) => judge({ credentials: [{ ...credential, ...changes }] });

describe('a DCQL query (OpenID4VP 1.0 section 6)', () => {
  it('gets its defaults, and loses what nobody knows', () => {
    expect(
      parseDcql({ credentials: [{ ...credential, later: 1, meta: { vct_values: ['v'], later: 1 } }], later: 1 }),
    ).toEqual({
      credentials: [{ ...credential, multiple: false, require_cryptographic_holder_binding: true }],
    });
    const sets = parseDcql({ credentials: [credential], credential_sets: [{ options: [['pid']], purpose: 'x' }] });
    expect(sets.credential_sets).toEqual([{ options: [['pid']], required: true }]);
  });

  it('reads again as the same', () => {
    const query = parseDcql({ credentials: [{ ...credential, claims: named('a') }] });
    expect(parseDcql(JSON.parse(JSON.stringify(query)))).toEqual(query);
  });

  it('has a JSON Schema', () => {
    expect(z.toJSONSchema(dcqlQuery)).toMatchObject({ type: 'object' });
  });

  it.each<[string, Json]>([
    ['not an object', []],
    ['nothing', null],
    ['no credentials', {}],
    ['credentials empty', { credentials: [] }],
    ['credential_sets empty', { credentials: [credential], credential_sets: [] }],
    ['an option empty', { credentials: [credential], credential_sets: [{ options: [[]] }] }],
    ['no options', { credentials: [credential], credential_sets: [{ options: [] }] }],
    ['an option with an unknown id', { credentials: [credential], credential_sets: [{ options: [['other']] }] }],
    ['an option with an id twice', { credentials: [credential], credential_sets: [{ options: [['pid', 'pid']] }] }],
    ['an id twice', { credentials: [credential, credential] }],
    ['presentation exchange', { input_descriptors: [] }],
    ['65 credentials', { credentials: Array.from({ length: 65 }, (_, index) => ({ ...credential, id: `c${index}` })) }],
  ])('refused: %s', (_, query) => {
    expect(judge(query)).toBe('query_invalid');
  });

  it.each<[string, JsonObject]>([
    ['no format', { format: '' }],
    ['an id with a space', { id: 'a b' }],
    ['an id with a line end', { id: 'pid\n' }],
    ['an empty id', { id: '' }],
    ['no vct_values', { meta: {} }],
    ['vct_values empty', { meta: { vct_values: [] } }],
    ['a text as vct_values', { meta: { vct_values: 'v' } }],
    ['jwt_vc_json without type_values', { format: 'jwt_vc_json' }],
    ['type_values flat', { format: 'jwt_vc_json', meta: { type_values: ['T'] } }],
    ['type_values with an empty combination', { format: 'jwt_vc_json', meta: { type_values: [[]] } }],
    ['ldp_vc without type_values', { format: 'ldp_vc' }],
    ['mso_mdoc without doctype_value', { format: 'mso_mdoc' }],
    ['claims empty', { claims: [] }],
    ['a path empty', { claims: [{ path: [] }] }],
    ['a path with a boolean', { claims: [{ path: [true] }] }],
    ['a negative index', { claims: [{ path: ['a', -1] }] }],
    ['a fractional index', { claims: [{ path: ['a', 0.5] }] }],
    ['values empty', { claims: [{ path: ['a'], values: [] }] }],
    ['values with null', { claims: [{ path: ['a'], values: [null] }] }],
    ['values with a fraction', { claims: [{ path: ['a'], values: [0.5] }] }],
    ['a claim asked for twice', { claims: [{ path: ['a', 0] }, { path: ['a', 0] }] }],
    [
      'a claim asked for twice with other values',
      {
        claims: [
          { path: ['a'], values: [1] },
          { path: ['a'], values: [2] },
        ],
      },
    ],
    [
      'a claim id twice',
      {
        claims: [
          { id: 'a', path: ['a'] },
          { id: 'a', path: ['b'] },
        ],
      },
    ],
    ['claim_sets without claims', { claim_sets: [['a']] }],
    ['claim_sets and a claim without id', { claims: [{ id: 'a', path: ['a'] }, { path: ['b'] }], claim_sets: [['a']] }],
    ['claim_sets empty', { claims: named('a'), claim_sets: [] }],
    ['a claim set empty', { claims: named('a'), claim_sets: [[]] }],
    ['a claim set with an unknown id', { claims: named('a'), claim_sets: [['b']] }],
    ['a claim set with an id twice', { claims: named('a'), claim_sets: [['a', 'a']] }],
    ['multiple as text', { multiple: 'true' }],
    ['holder binding as text', { require_cryptographic_holder_binding: 'false' }],
    ['trusted_authorities empty', { trusted_authorities: [] }],
    ['an authority without values', { trusted_authorities: [{ type: 'aki', values: [] }] }],
    ['an authority without type', { trusted_authorities: [{ values: ['k'] }] }],
  ])('refused: %s', (_, changes) => {
    expect(judgeCredential(changes)).toBe('query_invalid');
  });

  it.each<[string, JsonObject]>([
    ['as it is', {}],
    ['a format nobody knows', { format: 'future', meta: {} }],
    ['jwt_vc_json', { format: 'jwt_vc_json', meta: { type_values: [['T']] } }],
    ['mso_mdoc', { format: 'mso_mdoc', meta: { doctype_value: 'd' } }],
    ['all kinds of steps and values', { claims: [{ path: ['a', 0, null, ''], values: ['x', 1, true] }] }],
    ['paths that overlap', { claims: [{ path: ['a'] }, { path: ['a', 'b'] }, { path: ['a', null] }] }],
    ['claim sets', { claims: named('a', 'b'), claim_sets: [['a', 'b'], ['b']] }],
    ['an authority of another kind', { trusted_authorities: [{ type: 'etsi_tl', values: ['https://l.example'] }] }],
  ])('accepted: %s', (_, changes) => {
    expect(judgeCredential(changes)).toBe('accepted');
  });

  it('names the place, never what stands there', () => {
    const query = { credentials: [{ ...credential, claims: [{ path: ['secret'], values: [{ secret: 1 }] }] }] };
    try {
      parseDcql(query);
      expect.unreachable();
    } catch (error) {
      expect(error instanceof HufuError && error.at).toBe('dcql_query.credentials.0.claims.0.values.0');
      expect(error instanceof Error && error.message).toBe('query_invalid');
    }
  });
});
