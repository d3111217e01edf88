import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';
import { HufuError } from '../../../shared/errors.ts';
import type { FetchText } from '../../../shared/fetch.ts';
import { type CredentialType, checkTypeRules, parseTypeDocument, resolveType } from '../../../shared/sd-jwt/index.ts';
import { crypto, issue, person, refusal, showing, verify } from './credential.ts';

const base = 'https://types.example/base';
const child = 'https://types.example/child';

type Documents = { readonly [url: string]: JsonObject | string };

/** Serves documents from memory and counts; anything else is unreachable. */
function serving(documents: Documents): FetchText & { asked: string[] } {
  const asked: string[] = [];
  const fetchText: FetchText = async (url, options) => {
    asked.push(url);
    const document = documents[url];
    if (document === undefined) throw new HufuError('fetch_blocked');
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    if (text.length > (options.maxBytes ?? 0)) throw new HufuError('fetch_limit');
    return { status: 200, contentType: 'application/json', text, headers: new Headers() };
  };
  return Object.assign(fetchText, { asked });
}

const sri = (name: 'sha-256' | 'sha-384' | 'sha-512', text: string) =>
  `${name.replace('-', '')}-${Buffer.from(crypto.hash(name, text)).toString('base64')}`;

const resolve = (documents: Documents, integrity?: string) =>
  resolveType(child, { fetchText: serving(documents), crypto, ...(integrity === undefined ? {} : { integrity }) });

describe('a type and what it extends', () => {
  it('inherits claims, and the child’s word on a path replaces the parent’s', async () => {
    const type = await resolve({
      [child]: {
        vct: child,
        extends: base,
        claims: [
          { path: ['address', 'city'], display: [{ locale: 'en', label: 'Town' }], sd: 'always' },
          { path: ['nationalities'] },
        ],
      },
      [base]: {
        vct: base,
        display: [{ locale: 'en', name: 'Base' }],
        claims: [
          { path: ['name'], mandatory: true },
          { path: ['address', 'city'], display: [{ locale: 'en', label: 'City' }] },
        ],
      },
    });
    expect(type.vcts).toEqual([child, base]);
    expect(type.display).toEqual([{ locale: 'en', name: 'Base' }]);
    expect(type.claims).toEqual([
      { path: ['name'], mandatory: true, sd: 'allowed' },
      { path: ['address', 'city'], display: [{ locale: 'en', label: 'Town' }], mandatory: false, sd: 'always' },
      { path: ['nationalities'], mandatory: false, sd: 'allowed' },
    ]);
  });

  it('replaces the display as a whole', async () => {
    const type = await resolve({
      [child]: { vct: child, extends: base, display: [{ locale: 'zh-Hans', name: '子' }] },
      [base]: { vct: base, display: [{ locale: 'en', name: 'Base' }] },
    });
    expect(type.display).toEqual([{ locale: 'zh-Hans', name: '子' }]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['always becomes allowed', { sd: 'always' }, {}],
    ['always becomes never', { sd: 'always' }, { sd: 'never' }],
    ['never becomes always', { sd: 'never' }, { sd: 'always' }],
    ['mandatory becomes optional', { mandatory: true }, {}],
  ])('refuses a weaker rule: %s', async (_, above, below) => {
    const documents = (rule: JsonObject) => ({
      [child]: { vct: child, extends: base, claims: [{ path: ['name'], ...rule }] },
      [base]: { vct: base, claims: [{ path: ['name'], ...above }] },
    });
    expect(await refusal(resolve(documents(below)))).toBe('meta_invalid');
    expect(await refusal(resolve(documents(above)))).toBe('accepted');
  });
});

describe('nc-030 type metadata that would not end', () => {
  it('nc-030 a loop of one and of two', async () => {
    const one = serving({ [child]: { vct: child, extends: child } });
    expect(await refusal(resolveType(child, { fetchText: one, crypto }))).toBe('meta_limit');
    expect(one.asked).toEqual([child]);
    const two = { [child]: { vct: child, extends: base }, [base]: { vct: base, extends: child } };
    expect(await refusal(resolve(two))).toBe('meta_limit');
  });

  it('nc-030 a chain of more than four, and asks for no fifth', async () => {
    const chain = (length: number): Documents =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => {
          const url = (at: number) => (at === 0 ? child : `https://types.example/${at}`);
          return [url(index), { vct: url(index), ...(index + 1 < length ? { extends: url(index + 1) } : {}) }];
        }),
      );
    const fetchText = serving(chain(5));
    expect(await refusal(resolveType(child, { fetchText, crypto }))).toBe('meta_limit');
    expect(fetchText.asked).toHaveLength(4);
    expect(await refusal(resolve(chain(4)))).toBe('accepted');
  });

  it('nc-030 a document too large, stopped by the fetcher or by the parser', async () => {
    const large = { [child]: { vct: child, description: 'x'.repeat(70_000) } };
    expect(await refusal(resolve(large))).toBe('meta_limit');
    expect(
      await refusal(() => parseTypeDocument(JSON.stringify({ vct: child, description: 'x'.repeat(70_000) }))),
    ).toBe('meta_limit');
    const many = { vct: child, claims: Array.from({ length: 1_500 }, (_, index) => ({ path: [`c${index}`] })) };
    expect(await refusal(() => parseTypeDocument(JSON.stringify(many)))).toBe('meta_limit');
  });

  it('nc-030 an address that may not be asked', async () => {
    expect(await refusal(resolve({ [child]: { vct: child, extends: 'http://127.0.0.1/admin' } }))).toBe(
      'fetch_blocked',
    );
  });
});

describe('nc-030 the very document that was meant', () => {
  const text = JSON.stringify({ vct: child, name: '身份' });
  it('nc-030 vct#integrity wrong', async () => {
    expect(await refusal(resolve({ [child]: `${text} ` }, sri('sha-256', text)))).toBe('meta_integrity');
    for (const name of ['sha-256', 'sha-384', 'sha-512'] as const) {
      expect(await refusal(resolve({ [child]: text }, sri(name, text)))).toBe('accepted');
    }
  });
  it('takes the strongest hash only, any of them, with its options', async () => {
    const [good, weak] = [sri('sha-512', text), sri('sha-256', text)];
    const bad = sri('sha-512', 'other');
    const judge = (integrity: string) => refusal(resolve({ [child]: text }, integrity));
    expect(await judge(`${bad} ${weak}`)).toBe('meta_integrity');
    expect(await judge(`${bad} ${good}`)).toBe('accepted');
    expect(await judge(`  ${good}?ct=json\n`)).toBe('accepted');
    expect(await judge(`md5-AAAA ${weak}`)).toBe('accepted');
  });
  it('refuses integrity that names no hash we know', async () => {
    const url = sri('sha-256', text).replaceAll('+', '-').replaceAll('/', '_');
    for (const integrity of [
      '',
      ' ',
      'md5-AAAA',
      'sha256',
      'sha256-',
      'sha256-AAAA',
      `sha256-${'A'.repeat(43)}`,
      `${url}!`,
    ]) {
      expect(await refusal(resolve({ [child]: text }, integrity))).toBe('meta_integrity');
    }
  });
  it('checks extends#integrity as well', async () => {
    const parent = JSON.stringify({ vct: base });
    const extending = (integrity: string) => ({
      [child]: { vct: child, extends: base, 'extends#integrity': integrity },
      [base]: parent,
    });
    expect(await refusal(resolve(extending(sri('sha-256', 'other'))))).toBe('meta_integrity');
    expect(await refusal(resolve(extending(sri('sha-256', parent))))).toBe('accepted');
  });
  it('refuses a document about another type', async () => {
    expect(await refusal(resolve({ [child]: { vct: base } }))).toBe('vct_mismatch');
    expect(await refusal(resolve({ [child]: { vct: child, extends: base }, [base]: { vct: child } }))).toBe(
      'vct_mismatch',
    );
  });
});

const wrongDocuments: Record<string, Json> = {
  'no vct': { name: 'x' },
  'vct empty': { vct: '' },
  'not an object': [],
  'a claim without path': { vct: child, claims: [{}] },
  'an empty path': { vct: child, claims: [{ path: [] }] },
  'a negative index': { vct: child, claims: [{ path: [-1] }] },
  'an unknown sd': { vct: child, claims: [{ path: ['a'], sd: 'sometimes' }] },
  'mandatory as text': { vct: child, claims: [{ path: ['a'], mandatory: 'true' }] },
  'a display without label': { vct: child, claims: [{ path: ['a'], display: [{ locale: 'en' }] }] },
  'a type display without name': { vct: child, display: [{ locale: 'en' }] },
  'an svg_id with a digit first': { vct: child, claims: [{ path: ['a'], svg_id: '1a' }] },
};

describe('the form of a document', () => {
  it.each(Object.entries(wrongDocuments))('refuses %s', async (_, document) => {
    expect(await refusal(() => parseTypeDocument(JSON.stringify(document)))).toBe('meta_invalid');
  });
  it('refuses a path or an svg_id given twice, and members given twice', async () => {
    const claims = (...list: Json[]) => refusal(() => parseTypeDocument(JSON.stringify({ vct: child, claims: list })));
    expect(await claims({ path: ['a'] }, { path: ['a'] })).toBe('meta_invalid');
    expect(await claims({ path: ['a'], svg_id: 'x' }, { path: ['b'], svg_id: 'x' })).toBe('meta_invalid');
    expect(await claims({ path: ['a'], svg_id: 'x' }, { path: ['b'], svg_id: 'y' })).toBe('accepted');
    expect(await refusal(() => parseTypeDocument(`{"vct":"a","vct":"b"}`))).toBe('meta_invalid');
  });
  it('ignores what it does not know', () => {
    expect(parseTypeDocument(JSON.stringify({ vct: child, schema: {}, later: 1 }))).toEqual({ vct: child });
  });
});

describe('the rules of a type', () => {
  const type = (...claims: CredentialType['claims']): CredentialType => ({ vcts: [child], display: [], claims });
  const claim = (
    path: CredentialType['claims'][number]['path'],
    sd: 'always' | 'allowed' | 'never',
    mandatory = false,
  ) => ({ path, sd, mandatory });

  it('always and never', async () => {
    const { payload, disclosedPaths } = await verify(await showing([['name'], ['address', 'region']]));
    const judge = (...claims: CredentialType['claims']) =>
      refusal(() => checkTypeRules(type(...claims), { payload, disclosedPaths, complete: false }));
    expect(
      await judge(claim(['name'], 'always'), claim(['iss'], 'never'), claim(['address', 'region'], 'allowed')),
    ).toBe('accepted');
    expect(await judge(claim(['iss'], 'always'))).toBe('meta_invalid');
    expect(await judge(claim(['name'], 'never'))).toBe('meta_invalid');
    expect(await judge(claim(['address', 'region'], 'never'))).toBe('meta_invalid');
    expect(await judge(claim(['absent'], 'always'), claim(['absent'], 'never'))).toBe('accepted');
  });

  it('mandatory: what may be withheld is not missing in a showing, but it is in what was issued', async () => {
    const { payload, disclosedPaths } = await verify(await showing([['name']]));
    const judge = (complete: boolean, ...claims: CredentialType['claims']) =>
      refusal(() => checkTypeRules(type(...claims), { payload, disclosedPaths, complete }));
    expect(await judge(false, claim(['sex'], 'always', true), claim(['sex'], 'allowed', true))).toBe('accepted');
    expect(await judge(true, claim(['sex'], 'allowed', true))).toBe('meta_invalid');
    expect(await judge(false, claim(['issuing_country'], 'never', true))).toBe('meta_invalid');
    expect(await judge(false, claim(['address', 'country'], 'never', true))).toBe('accepted');
    expect(await judge(false, claim(['cnf', 'other'], 'never', true))).toBe('meta_invalid');
  });

  it('hold for each element', async () => {
    const whole = await verify(await issue(), { keyBinding: 'none-at-issuance' });
    const judge = (...claims: CredentialType['claims']) =>
      refusal(() => checkTypeRules(type(...claims), { ...whole, complete: true }));
    expect(await judge(claim(['nationalities', null], 'always', true))).toBe('accepted');
    expect(await judge(claim(['nationalities', null], 'never'))).toBe('meta_invalid');
    const plain = await verify(await issue(person, [['nationalities', 0]]), { keyBinding: 'none-at-issuance' });
    expect(
      await refusal(() => checkTypeRules(type(claim(['nationalities', null], 'always')), { ...plain, complete: true })),
    ).toBe('meta_invalid');
  });
});

const schemaFile = '../shared/vectors/json-schemas/type_metadata.json';
describe.skipIf(!existsSync(schemaFile))('the conformance suite’s schema (skipped: vectors folder missing)', () => {
  it('agrees on what is wrong and on what is right', () => {
    const schema: object = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const agrees = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    for (const [title, document] of Object.entries(wrongDocuments)) {
      // An empty vct is our own strictness.
      if (title !== 'vct empty') expect([title, agrees(document)]).toEqual([title, false]);
    }
    const good = {
      vct: child,
      name: 'n',
      extends: base,
      display: [{ locale: 'en', name: 'N' }],
      claims: [
        { path: ['a', 0, null], sd: 'always', mandatory: true, svg_id: 'a1', display: [{ locale: 'en', label: 'L' }] },
      ],
    };
    expect(agrees(good)).toBe(true);
    expect(parseTypeDocument(JSON.stringify(good))).toEqual(good);
  });
});
