import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPresented, type HeldCredential, matchQuery, parseDcql } from '../../shared/dcql/index.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../shared/encoding/index.ts';
import { codeOf } from '../../shared/errors.ts';

const root = '../shared/vectors';
const schemaFile = `${root}/json-schemas/dcql_request.json`;

function read(file: string): Json {
  return parseJson(readFileSync(`${root}/${file}`, 'utf8'));
}

function filesIn(folder: string, start = ''): string[] {
  const path = `${root}/${folder}`;
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.startsWith(start) && file.endsWith('.json'))
    .map((file) => `${folder}/${file}`);
}

const files = [...filesIn('openid4vp/query_lang'), ...filesIn('openid4vp/request', 'dcql_')];

const doe: JsonObject = {
  family_name: 'Doe',
  given_name: 'John',
  address: { street_address: 'Main St', locality: 'Anytown' },
  postal_code: '90210',
  date_of_birth: '1990-01-01',
};

function sdJwt(id: string, type: string, claims: JsonObject): HeldCredential {
  return { id, format: 'dc+sd-jwt', types: [type], claims, holderBound: true };
}
const pid = sdJwt('pid-1', 'https://credentials.example.com/identity_credential', doe);
const idCredential: HeldCredential = {
  id: 'vc-1',
  format: 'jwt_vc_json',
  types: ['VerifiableCredential', 'IDCredential'],
  claims: { credentialSubject: doe },
  holderBound: true,
};

describe.skipIf(files.length === 0)('OpenID4VP example queries (skipped: vectors folder missing)', () => {
  it('are all there', () => {
    expect(files).toHaveLength(9);
  });

  it.each(files)('%s parses, says the same as before, and never matches an empty wallet', (file) => {
    const query = parseDcql(read(file));
    expect(query).toMatchObject(JSON.parse(JSON.stringify(read(file))));
    expect(matchQuery(query, []).satisfiable).toBe(false);
  });

  const match = (file: string, held: readonly HeldCredential[]) =>
    matchQuery(parseDcql(read(`openid4vp/${file}`)), held);

  it('simple: three claims of one credential', () => {
    expect(match('query_lang/simple.json', [pid])).toEqual({
      satisfiable: true,
      credentials: [
        {
          queryId: 'my_credential',
          multiple: false,
          candidates: [
            {
              heldId: 'pid-1',
              options: [{ claimSet: 0, paths: [['family_name'], ['given_name'], ['address', 'street_address']] }],
            },
          ],
        },
      ],
      sets: [{ required: true, options: [['my_credential']] }],
    });
  });

  it('value matching: the same claims with another name or postal code do not match', () => {
    const file = 'query_lang/value_matching_simple.json';
    expect(match(file, [pid]).satisfiable).toBe(true);
    const other = sdJwt('p', 'https://credentials.example.com/identity_credential', { ...doe, postal_code: 90210 });
    expect(match(file, [other])).toEqual({
      satisfiable: false,
      missing: [{ queryId: 'my_credential', unmet: 'claims' }],
    });
  });

  it('claim alternatives: the first set asks for the region, the second for the postal code', () => {
    const file = 'query_lang/claims_alternatives.json';
    const first = sdJwt('a', 'https://credentials.example.com/identity_credential', {
      ...doe,
      locality: 'A',
      region: 'R',
    });
    const [both, second] = [match(file, [first]), match(file, [pid])];
    const claimSets = (result: typeof both) =>
      result.satisfiable ? result.credentials[0]?.candidates[0].options.map((option) => option.claimSet) : [];
    expect(claimSets(both)).toEqual([0, 1]);
    expect(claimSets(second)).toEqual([1]);
  });

  it('credential alternatives: one pid, or the other, or two reduced ones; rewards if there are any', () => {
    const file = 'query_lang/credentials_alternatives.json';
    const reduced = sdJwt('r1', 'https://credentials.example.com/reduced_identity_credential', doe);
    const residence = sdJwt('r2', 'https://cred.example/residence_credential', {
      postal_code: 1,
      locality: 'a',
      region: 'b',
    });
    const rewards = sdJwt('rw', 'https://company.example/company_rewards', { rewards_number: 1 });
    const sets = (...held: HeldCredential[]) => {
      const result = match(file, held);
      return result.satisfiable ? result.sets : result.missing.length;
    };
    expect(sets(pid)).toEqual([{ required: true, options: [['pid']] }]);
    expect(sets(reduced, residence, rewards)).toEqual([
      { required: true, options: [['pid_reduced_cred_1', 'pid_reduced_cred_2']] },
      { required: false, options: [['nice_to_have']] },
    ]);
    expect(sets(reduced, rewards)).toBe(3);
  });

  it('jwt_vc_json: paths start at the credential', () => {
    expect(match('request/dcql_jwt_vc.json', [idCredential]).satisfiable).toBe(true);
    expect(match('request/dcql_jwt_vc.json', [{ ...idCredential, types: ['VerifiableCredential'] }]).satisfiable).toBe(
      false,
    );
  });

  it.each([
    'query_lang/simple_mdoc.json',
    'query_lang/complex_mdoc.json',
    'request/dcql_ldp_vc.json',
    'query_lang/multi_credentials.json',
  ])('%s is understood and cannot be answered: a format we do not have', (file) => {
    expect(match(file, [pid, idCredential]).satisfiable).toBe(false);
    const query = parseDcql(read(`openid4vp/${file}`));
    const presented = new Map(query.credentials.map(({ id }, index) => [id, [{ ...pid, id: `${index}` }]]));
    expect(() => checkPresented(query, presented)).toThrow('query_unmet');
  });
});

describe.skipIf(!existsSync(schemaFile))(
  'the conformance suite’s DCQL schema (skipped: vectors folder missing)',
  () => {
    const compile = () => new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
    const accepts = (query: Json) => {
      try {
        parseDcql(query);
        return true;
      } catch (error) {
        expect(codeOf(error)).toBe('query_invalid');
        return false;
      }
    };

    it.each(filesIn('openid4vp/query_lang'))('accepts %s', (file) => {
      expect(compile()(JSON.parse(JSON.stringify(read(file))))).toBe(true);
    });

    it('and we agree on queries made at random, for all that a schema can say', () => {
      const schema = compile();
      const good = <T>(arbitrary: fc.Arbitrary<T>, ...bad: Json[]) =>
        fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: fc.constantFrom<Json>(...bad) });
      const id = (name: string) => good(fc.constant(name), '', 'a b', 7, null);
      const claim = (name: string) =>
        fc.record(
          {
            id: id(name),
            path: good(fc.tuple(fc.constant(name)), [], 'name', [true], [-1], [0.5], [{}]),
            values: good(
              fc.array(fc.oneof(fc.constantFrom('a', 'b'), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 3 }),
              [],
              'a',
              [null],
              [{}],
            ),
          },
          { requiredKeys: ['path'] },
        );
      const credential = fc.record(
        {
          id: id('q'),
          format: fc.constant('dc+sd-jwt'),
          multiple: good(fc.boolean(), 'true', null),
          require_cryptographic_holder_binding: good(fc.boolean(), 0),
          meta: good(
            fc.constant({ vct_values: ['v'] }),
            {},
            { vct_values: [] },
            { vct_values: 'v' },
            { vct_values: [7] },
            [],
          ),
          claims: good(fc.tuple(claim('a'), claim('b')), [], {}, 'a'),
          claim_sets: good(fc.constantFrom<Json>([['a', 'b'], ['b']], [['a']]), [], [[]], ['a'], [[7]]),
          trusted_authorities: good(
            fc.constant([{ type: 'aki', values: ['k'] }]),
            [],
            [{ type: 'aki' }],
            [{ values: ['k'] }],
            [{ type: 'aki', values: [] }],
          ),
        },
        { requiredKeys: ['id', 'format', 'meta'] },
      );
      const query = fc.record(
        {
          credentials: good(fc.tuple(credential), [], {}, null),
          credential_sets: good(
            fc.constantFrom<Json>([{ options: [['q']] }], [{ options: [['q']], required: false }]),
            [],
            [{}],
            [{ options: [] }],
            [{ options: [[]] }],
            [{ options: [['q']], required: 1 }],
          ),
        },
        { requiredKeys: ['credentials'] },
      );
      let accepted = 0;
      fc.assert(
        fc.property(query, (made) => {
          const value: Json = JSON.parse(JSON.stringify(made));
          const ours = accepts(value);
          accepted += ours ? 1 : 0;
          // What only we can say: claim sets and credential sets refer to what is there.
          fc.pre(ours === schema(value) || !refersToNothing(value));
          expect([ours, value]).toEqual([schema(value), value]);
        }),
        { numRuns: 2_000 },
      );
      expect(accepted).toBeGreaterThan(100);
    });
  },
);

/** Whether `q`, `a` or `b`, which the sets refer to, is not the name of anything. */
function refersToNothing(value: Json): boolean {
  if (!isJsonObject(value) || !Array.isArray(value.credentials)) return false;
  const [credential] = value.credentials;
  if (!isJsonObject(credential)) return false;
  return credential.id !== 'q' && value.credential_sets !== undefined;
}
