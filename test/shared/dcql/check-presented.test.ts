import { describe, expect, it } from 'vitest';
import { checkPresented, type HeldCredential, parseDcql, pickPaths } from '../../../shared/dcql/index.ts';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';

let made = 0;
function shown(type: string, claims: JsonObject = {}, changes: Partial<HeldCredential> = {}): HeldCredential {
  made++;
  return { id: `credential-${made}`, format: 'dc+sd-jwt', types: [type], claims, holderBound: true, ...changes };
}

function asking(credentials: JsonObject[], sets?: Json[]) {
  return parseDcql({
    credentials: credentials.map((credential) => ({
      format: 'dc+sd-jwt',
      meta: { vct_values: [credential.id ?? ''] },
      ...credential,
    })),
    ...(sets === undefined ? {} : { credential_sets: sets }),
  });
}

function judge(query: ReturnType<typeof asking>, presented: Record<string, HeldCredential[]>): string {
  try {
    checkPresented(query, new Map(Object.entries(presented)));
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
}

const name = { path: ['name'] };

describe('nc-086 what was presented is what was asked for', () => {
  const query = asking([{ id: 'a', claims: [name] }]);

  it('the honest answer', () => {
    expect(checkPresented(query, new Map([['a', [shown('a', { name: 'x' })]]]))).toEqual({
      a: [{ claimSet: 0, paths: [['name']] }],
    });
  });

  it('nc-086 a credential that was not requested', () => {
    expect(judge(query, { a: [shown('a', { name: 'x' })], b: [shown('b')] })).toBe('query_unmet');
    expect(judge(query, { b: [shown('a', { name: 'x' })] })).toBe('query_unmet');
    expect(judge(query, JSON.parse('{"a":[],"__proto__":[]}'))).toBe('query_unmet');
  });

  it('nc-086 nothing, or an empty list', () => {
    expect(judge(query, {})).toBe('query_unmet');
    expect(judge(query, { a: [] })).toBe('query_unmet');
    expect(judge(asking([{ id: 'a', multiple: true }]), { a: [] })).toBe('query_unmet');
  });

  it('nc-086 a mandatory claim missing', () => {
    expect(judge(query, { a: [shown('a', { nick: 'x' })] })).toBe('query_unmet');
    expect(judge(query, { a: [shown('a', { name: null })] })).toBe('accepted');
  });

  it('nc-086 a value filter unmet', () => {
    const valued = asking([{ id: 'a', claims: [{ path: ['adult'], values: [true] }] }]);
    expect(judge(valued, { a: [shown('a', { adult: false })] })).toBe('query_unmet');
    expect(judge(valued, { a: [shown('a', { adult: 'true' })] })).toBe('query_unmet');
    expect(judge(valued, { a: [shown('a', { adult: true })] })).toBe('accepted');
  });

  it('nc-086 two for multiple:false', () => {
    const two = () => [shown('a', { name: 'x' }), shown('a', { name: 'y' })];
    expect(judge(query, { a: two() })).toBe('query_unmet');
    expect(judge(asking([{ id: 'a', claims: [name], multiple: true }]), { a: two() })).toBe('accepted');
  });

  it('nc-086 one credential used for two ids, or twice for one', () => {
    const one = shown('a', { name: 'x' }, { types: ['a', 'b'] });
    const both = asking([{ id: 'a' }, { id: 'b' }]);
    expect(judge(both, { a: [one], b: [one] })).toBe('query_unmet');
    expect(judge(both, { a: [one], b: [shown('b')] })).toBe('accepted');
    expect(judge(asking([{ id: 'a', multiple: true }]), { a: [one, one] })).toBe('query_unmet');
  });

  it('nc-086 extra claims are no fault, and are dropped', () => {
    const credential = shown('a', { name: 'x', birthdate: 'secret' });
    const accepted = checkPresented(query, new Map([['a', [credential]]]));
    const picked = pickPaths(credential.claims, accepted.a?.[0]?.paths ?? []);
    expect(JSON.stringify(picked)).toBe('{"name":"x"}');
  });

  it.each<[string, Partial<HeldCredential>]>([
    ['another format', { format: 'jwt_vc_json' }],
    ['another type', { types: ['b'] }],
    ['no holder binding', { holderBound: false }],
  ])('%s', (_, changes) => {
    expect(judge(query, { a: [shown('a', { name: 'x' }, changes)] })).toBe('query_unmet');
  });

  it('one bad presentation among several', () => {
    const several = asking([{ id: 'a', claims: [name], multiple: true }]);
    expect(judge(several, { a: [shown('a', { name: 'x' }), shown('a')] })).toBe('query_unmet');
  });

  it('an authority that was not asked for', () => {
    const trusted = asking([{ id: 'a', trusted_authorities: [{ type: 'aki', values: ['k'] }] }]);
    expect(judge(trusted, { a: [shown('a', {}, { authorityKeyIds: ['other'] })] })).toBe('query_unmet');
    expect(judge(trusted, { a: [shown('a', {}, { authorityKeyIds: ['k'] })] })).toBe('accepted');
  });

  it('says which claim set was satisfied', () => {
    const sets = asking([
      {
        id: 'a',
        claims: [
          { id: 'n', path: ['name'] },
          { id: 'm', path: ['masked'] },
        ],
        claim_sets: [['n'], ['m']],
      },
    ]);
    const result = checkPresented(sets, new Map([['a', [shown('a', { masked: 'x' })]]]));
    expect(result.a).toEqual([{ claimSet: 1, paths: [['masked']] }]);
    expect(judge(sets, { a: [shown('a', {})] })).toBe('query_unmet');
  });

  it('answers ids that are names of the language', () => {
    const odd = asking([{ id: 'constructor' }, { id: '__proto__' }]);
    const presented = new Map(['constructor', '__proto__'].map((id) => [id, [shown(id)]]));
    expect(Object.keys(checkPresented(odd, presented))).toEqual(['constructor', '__proto__']);
  });
});

describe('nc-086 credential_sets', () => {
  const query = asking(
    ['a', 'b', 'c', 'd'].map((id) => ({ id })),
    [{ options: [['a'], ['b', 'c'], ['a', 'b']] }, { options: [['d'], ['c']], required: false }],
  );
  const present = (...ids: string[]) => judge(query, Object.fromEntries(ids.map((id) => [id, [shown(id)]])));

  it.each([['a'], ['a', 'd'], ['b', 'c'], ['a', 'b'], ['b', 'c', 'd'], ['a', 'c'], ['a', 'b', 'c'], ['a', 'b', 'd']])(
    'accepts %s %s %s',
    (...ids) => {
      expect(present(...ids)).toBe('accepted');
    },
  );

  it.each([[], ['b'], ['c'], ['d'], ['b', 'd'], ['c', 'd'], ['a', 'c', 'd'], ['a', 'b', 'c', 'd']])(
    'refuses %s %s %s %s',
    (...ids) => {
      expect(present(...ids)).toBe('query_unmet');
    },
  );

  it('without sets all are needed', () => {
    const all = asking([{ id: 'a' }, { id: 'b' }]);
    expect(judge(all, { a: [shown('a')] })).toBe('query_unmet');
    expect(judge(all, { a: [shown('a')], b: [shown('b')] })).toBe('accepted');
  });

  it('a query that no set names may not be answered', () => {
    const extra = asking([{ id: 'a' }, { id: 'b' }], [{ options: [['a']] }]);
    expect(judge(extra, { a: [shown('a')], b: [shown('b')] })).toBe('query_unmet');
    expect(judge(extra, { a: [shown('a')] })).toBe('accepted');
  });
});
