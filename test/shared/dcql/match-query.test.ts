import { describe, expect, it } from 'vitest';
import { type HeldCredential, matchQuery, parseDcql } from '../../../shared/dcql/index.ts';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';

const held: HeldCredential = {
  id: 'held-1',
  format: 'dc+sd-jwt',
  types: ['https://t.example/id/2', 'https://t.example/id'],
  claims: { name: '虎符', age: 30, adult: true, nationalities: ['CN', 'XX'], address: { region: 'r' }, none: null },
  authorityKeyIds: ['leaf-aki', 'root-aki'],
  holderBound: true,
};
const credential: JsonObject = { id: 'q', format: 'dc+sd-jwt', meta: { vct_values: ['https://t.example/id'] } };

function match(changes: JsonObject, holding: readonly HeldCredential[] = [held]) {
  return matchQuery(parseDcql({ credentials: [{ ...credential, ...changes }] }), holding);
}
/** The claim sets on offer for one credential, or what it lacks. */
function outcome(changes: JsonObject, holding: readonly HeldCredential[] = [held]): unknown {
  const result = match(changes, holding);
  return result.satisfiable
    ? result.credentials[0]?.candidates[0].options.map((option) => option.claimSet)
    : result.missing[0]?.unmet;
}
const claims = (...list: Json[]) => ({ claims: list });

describe('one credential query', () => {
  it('without claims asks for nothing that may be withheld', () => {
    const result = match({});
    expect(result.satisfiable && result.credentials[0]?.candidates[0].options).toEqual([{ claimSet: 0, paths: [] }]);
  });

  it('matches the type itself and the types it extends', () => {
    expect(outcome({ meta: { vct_values: ['x', 'https://t.example/id/2'] } })).toEqual([0]);
    expect(outcome({ meta: { vct_values: ['https://t.example/i'] } })).toBe('type');
  });

  it('format and type', () => {
    expect(outcome({ format: 'jwt_vc_json', meta: { type_values: [['https://t.example/id']] } })).toBe('format');
    expect(outcome({ format: 'future', meta: { vct_values: ['https://t.example/id'] } })).toBe('format');
  });

  it('VC types: every type of one combination, the base type under both names', () => {
    const vc: HeldCredential = { ...held, format: 'jwt_vc_json', types: ['VerifiableCredential', 'IdCredential'] };
    const types = (...combinations: string[][]) =>
      outcome({ format: 'jwt_vc_json', meta: { type_values: combinations } }, [vc]);
    expect(types(['IdCredential'])).toEqual([0]);
    expect(types(['https://www.w3.org/2018/credentials#VerifiableCredential', 'IdCredential'])).toEqual([0]);
    expect(types(['Other'], ['VerifiableCredential'])).toEqual([0]);
    expect(types(['IdCredential', 'Other'])).toBe('type');
    expect(types(['idcredential'])).toBe('type');
  });

  it('holder binding is needed unless waived', () => {
    const loose = { ...held, holderBound: false };
    expect(outcome({}, [loose])).toBe('holder_binding');
    expect(outcome({ require_cryptographic_holder_binding: false }, [loose])).toEqual([0]);
    expect(outcome({ require_cryptographic_holder_binding: false })).toEqual([0]);
  });

  it('one of the authorities is enough; kinds we cannot judge never match', () => {
    const authorities = (...list: Json[]) => outcome({ trusted_authorities: list });
    expect(authorities({ type: 'aki', values: ['x', 'root-aki'] })).toEqual([0]);
    expect(authorities({ type: 'etsi_tl', values: ['root-aki'] })).toBe('authority');
    expect(authorities({ type: 'etsi_tl', values: ['x'] }, { type: 'aki', values: ['leaf-aki'] })).toEqual([0]);
    expect(authorities({ type: 'aki', values: ['x'] })).toBe('authority');
    const { authorityKeyIds: _, ...unknown } = held;
    expect(outcome({ trusted_authorities: [{ type: 'aki', values: ['x'] }] }, [unknown])).toBe('authority');
  });

  it('every claim must be there', () => {
    expect(outcome(claims({ path: ['name'] }, { path: ['address', 'region'] }))).toEqual([0]);
    expect(outcome(claims({ path: ['none'] }))).toEqual([0]);
    expect(outcome(claims({ path: ['name'] }, { path: ['address', 'street'] }))).toBe('claims');
    expect(outcome(claims({ path: ['name', 'first'] }))).toBe('claims');
  });

  it('values: same kind, same value', () => {
    const valued = (path: Json[], ...values: Json[]) => outcome(claims({ path, values }));
    expect(valued(['name'], 'x', '虎符')).toEqual([0]);
    expect(valued(['age'], 30)).toEqual([0]);
    expect(valued(['age'], '30')).toBe('claims');
    expect(valued(['adult'], true)).toEqual([0]);
    expect(valued(['adult'], 'true', 1)).toBe('claims');
    expect(valued(['nationalities', null], 'XX')).toEqual([0]);
    expect(valued(['nationalities', 0], 'XX')).toBe('claims');
    expect(valued(['nationalities'], 'XX')).toBe('claims');
    expect(valued(['address'], 'r')).toBe('claims');
  });

  it('offers every claim set that can be satisfied, in the asker’s order', () => {
    const query = {
      claims: [
        { id: 'a', path: ['name'] },
        { id: 'b', path: ['absent'] },
        { id: 'c', path: ['age'] },
        { id: 'd', path: ['adult'] },
      ],
      claim_sets: [['a', 'b'], ['a', 'd'], ['c']],
    };
    const result = match(query);
    expect(result.satisfiable && result.credentials[0]?.candidates).toEqual([
      {
        heldId: 'held-1',
        options: [
          { claimSet: 1, paths: [['name'], ['adult']] },
          { claimSet: 2, paths: [['age']] },
        ],
      },
    ]);
    expect(outcome({ ...query, claim_sets: [['a', 'b']] })).toBe('claims');
  });

  it('offers every held credential that fits, and says whether several may go', () => {
    const second = { ...held, id: 'held-2' };
    const result = match({ multiple: true }, [held, { ...held, id: 'other', types: ['x'] }, second]);
    expect(result.satisfiable && result.credentials[0]).toMatchObject({ queryId: 'q', multiple: true });
    expect(result.satisfiable && result.credentials[0]?.candidates.map((one) => one.heldId)).toEqual([
      'held-1',
      'held-2',
    ]);
  });

  it('tells the holder how far the best credential came', () => {
    const wrong = (id: string, changes: Partial<HeldCredential>) => ({ ...held, id, ...changes });
    const asked = { ...claims({ path: ['absent'] }), trusted_authorities: [{ type: 'aki', values: ['leaf-aki'] }] };
    expect(outcome(asked, [])).toBe('format');
    expect(outcome(asked, [wrong('a', { types: [] }), wrong('b', { format: 'jwt_vc_json' })])).toBe('type');
    expect(outcome(asked, [wrong('a', {}), wrong('b', { types: [] })])).toBe('claims');
  });
});

describe('several credential queries', () => {
  const query = (sets?: Json[]) =>
    parseDcql({
      credentials: ['a', 'b', 'c', 'd'].map((id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [id] } })),
      ...(sets === undefined ? {} : { credential_sets: sets }),
    });
  const holding = (...types: string[]): HeldCredential[] =>
    types.map((type) => ({ ...held, id: `h-${type}`, types: [type] }));
  const idsOf = (result: ReturnType<typeof matchQuery>) =>
    result.satisfiable && result.credentials.map((one) => one.queryId);

  it('without sets all are needed', () => {
    expect(matchQuery(query(), holding('a', 'b', 'c', 'd'))).toMatchObject({
      satisfiable: true,
      sets: [{ required: true, options: [['a', 'b', 'c', 'd']] }],
    });
    expect(matchQuery(query(), holding('a', 'b', 'c'))).toEqual({
      satisfiable: false,
      missing: [{ queryId: 'd', unmet: 'type' }],
    });
  });

  it('with sets: satisfiable options in order, optional sets only if satisfiable', () => {
    const asked = query([{ options: [['a', 'b'], ['c'], ['b']] }, { options: [['d']], required: false }]);
    const result = matchQuery(asked, holding('b', 'c'));
    expect(result).toMatchObject({ satisfiable: true, sets: [{ required: true, options: [['c'], ['b']] }] });
    expect(idsOf(result)).toEqual(['b', 'c']);
    expect(matchQuery(asked, holding('c', 'd'))).toMatchObject({
      sets: [
        { required: true, options: [['c']] },
        { required: false, options: [['d']] },
      ],
    });
  });

  it('offers nothing at all when a required set cannot be satisfied', () => {
    const result = matchQuery(query([{ options: [['a']] }, { options: [['b']] }]), holding('a', 'c', 'd'));
    expect(result.satisfiable).toBe(false);
    expect(result).not.toHaveProperty('credentials');
  });

  it('offers no credential that no option asks for', () => {
    expect(idsOf(matchQuery(query([{ options: [['a']] }]), holding('a', 'b')))).toEqual(['a']);
  });

  it('only optional sets, none satisfiable: nothing to show, and nothing wrong', () => {
    expect(matchQuery(query([{ options: [['a']], required: false }]), holding('b'))).toEqual({
      satisfiable: true,
      credentials: [],
      sets: [],
    });
  });

  it('one credential may answer two queries', () => {
    const both = parseDcql({
      credentials: ['x', 'y'].map((id) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: ['a'] } })),
    });
    expect(matchQuery(both, holding('a')).satisfiable).toBe(true);
  });
});
