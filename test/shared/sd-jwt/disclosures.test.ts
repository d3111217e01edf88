import { describe, expect, it } from 'vitest';
import type { Json } from '../../../shared/encoding/index.ts';
import { bind, crypto, issue, now, refusal, showing, stranger, verify } from './credential.ts';
import { digest, disclosure, forge, forgeIssued, salt } from './forge.ts';

const name = disclosure([salt, 'name', '虎符']);
const element = disclosure([salt, 'CN']);

/** The forged credential with its disclosures referenced at the top level. */
function withDisclosed(...disclosures: string[]): Promise<string> {
  return forge({ claims: { _sd: disclosures.map(digest) }, disclosures });
}

describe('honest twins of the forgeries below', () => {
  it('a member, an element, a nested member', async () => {
    expect((await verify(await withDisclosed(name))).payload.name).toBe('虎符');
    const array = await forge({ claims: { a: [{ '...': digest(element) }] }, disclosures: [element] });
    expect((await verify(array)).payload.a).toEqual(['CN']);
    const parent = disclosure([salt, 'p', { _sd: [digest(name)] }]);
    const nested = await forge({ claims: { _sd: [digest(parent)] }, disclosures: [name, parent] });
    expect((await verify(nested)).payload.p).toEqual({ name: '虎符' });
  });

  it('decoys, an empty _sd, and names that are only reserved at the top level', async () => {
    const inner = disclosure([salt, 'iss', 'somebody']);
    const text = await forge({
      claims: { _sd: [digest('decoy')], a: [{ '...': digest('other') }], b: { _sd: [digest(inner)] }, c: { _sd: [] } },
      disclosures: [inner],
    });
    expect((await verify(text)).payload).toMatchObject({ a: [], b: { iss: 'somebody' }, c: {} });
  });

  it.each(['sha-256', 'sha-384', 'sha-512'] as const)('_sd_alg %s', async (alg) => {
    const hashed = Buffer.from(crypto.hash(alg, name)).toString('base64url');
    const issued = await forgeIssued({ claims: { _sd: [hashed], _sd_alg: alg }, disclosures: [name] });
    expect((await verify(await bind(issued))).payload.name).toBe('虎符');
    expect((await verify(await bind(issued))).payload).not.toHaveProperty('_sd_alg');
  });
});

describe('nc-020 lg-34 one digest in two places is refused', () => {
  const twice: Record<string, Record<string, Json>> = {
    'in one _sd': { _sd: [digest(name), digest(name)] },
    'in two nested _sd': { a: { _sd: [digest(name)] }, b: { c: { _sd: [digest(name)] } } },
    'in _sd and as an array element': { _sd: [digest(name)], a: [{ '...': digest(name) }] },
    'in two arrays': { a: [{ '...': digest(name) }], b: [{ '...': digest(name) }] },
  };
  it.each(Object.entries(twice))('%s, opened', async (_, claims) => {
    expect(await refusal(verify(await forge({ claims, disclosures: [name] })))).toBe('sd_dup_digest');
  });
  it.each(Object.entries(twice))('%s, not opened', async (_, claims) => {
    expect(await refusal(verify(await forge({ claims })))).toBe('sd_dup_digest');
  });
  it('in the payload and inside a disclosure', async () => {
    const parent = disclosure([salt, 'p', { _sd: [digest(name)] }]);
    const text = await forge({ claims: { _sd: [digest(parent), digest(name)] }, disclosures: [parent] });
    expect(await refusal(verify(text))).toBe('sd_dup_digest');
  });
});

describe('nc-021 a disclosure that nothing points to is refused', () => {
  it('lg-37 one more than there are digests', async () => {
    const text = await forge({ claims: { _sd: [digest(name)] }, disclosures: [name, disclosure([salt, 'more', 1])] });
    expect(await refusal(verify(text))).toBe('sd_unreferenced');
  });
  it('lg-35 the same one twice', async () => {
    expect(await refusal(verify(await forge({ claims: { _sd: [digest(name)] }, disclosures: [name, name] })))).toBe(
      'sd_unreferenced',
    );
  });
  it('a child without its parent', async () => {
    const parent = disclosure([salt, 'p', { _sd: [digest(name)] }]);
    expect(await refusal(verify(await forge({ claims: { _sd: [digest(parent)] }, disclosures: [name] })))).toBe(
      'sd_unreferenced',
    );
  });
  it('one that only a value looking like a digest names', async () => {
    expect(await refusal(verify(await forge({ claims: { a: [digest(name)] }, disclosures: [name] })))).toBe(
      'sd_unreferenced',
    );
  });
  it('one that was put into another’s presentation', async () => {
    const [jwt = '', ...rest] = (await issue()).split('~');
    const foreign = (await issue()).split('~')[1] ?? '';
    const text = [jwt, foreign, ...rest].join('~');
    expect(await refusal(verify(await bind(text)))).toBe('sd_unreferenced');
  });
});

describe('nc-022 a name that is taken is refused', () => {
  it('lg-36 by another disclosure', async () => {
    const other = disclosure([salt, 'name', 'another']);
    expect(await refusal(verify(await withDisclosed(name, other)))).toBe('sd_collision');
  });
  it('by a claim in plain, at the top and deeper', async () => {
    const top = await forge({ claims: { name: 'plain', _sd: [digest(name)] }, disclosures: [name] });
    expect(await refusal(verify(top))).toBe('sd_collision');
    const deep = await forge({ claims: { a: { name: null, _sd: [digest(name)] } }, disclosures: [name] });
    expect(await refusal(verify(deep))).toBe('sd_collision');
  });
});

describe('nc-023 what a disclosure may not supply', () => {
  it.each(['exp', 'nbf', 'iss', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', '_sd', '_sd_alg', '...'])(
    'lg-38 lg-40 a disclosure named %s',
    async (reserved) => {
      const one = disclosure([salt, reserved, reserved === 'exp' ? now + 9_999_999 : 'x']);
      const text = await forge({ claims: { [reserved]: undefined, _sd: [digest(one)] }, disclosures: [one] });
      expect(await refusal(verify(text))).toBe('sd_reserved');
    },
  );
  it('a part of such a claim: cnf, status, aka_vcts, opened or not', async () => {
    const part = disclosure([salt, 'jwk', { kty: 'EC' }]);
    for (const claims of [{ cnf: { _sd: [digest(part)] } }, { status: { status_list: { _sd: [digest(part)] } } }]) {
      expect(await refusal(verify(await forge({ claims, disclosures: [part] })))).toBe('sd_reserved');
      expect(await refusal(verify(await forge({ claims })))).toBe('sd_reserved');
    }
    const names = await forge({ claims: { aka_vcts: [{ '...': digest(element) }] }, disclosures: [element] });
    expect(await refusal(verify(names))).toBe('sd_reserved');
  });
  it('lg-38 lg-39 an exp beside the signed one, later or past', async () => {
    for (const exp of [now + 9_999_999, 1]) {
      expect(await refusal(verify(await withDisclosed(disclosure([salt, 'exp', exp]))))).toBe('sd_reserved');
    }
  });
  it('iat may be disclosed, and is then checked like one in plain', async () => {
    const showIat = async (iat: Json, changes = {}) => {
      const one = disclosure([salt, 'iat', iat]);
      const text = await forge({ claims: { iat: undefined, _sd: [digest(one)] }, disclosures: [one] });
      return refusal(verify(text, changes));
    };
    expect(await showIat(now - 5)).toBe('accepted');
    expect(await showIat(now + 3_600)).toBe('not_yet_valid');
    expect(await showIat(now + 30)).toBe('accepted');
    expect(await showIat(now + 30, { skew: 0 })).toBe('not_yet_valid');
    expect(await showIat('yesterday')).toBe('claim_type');
  });
});

describe('nc-024 the form of a disclosure', () => {
  const wrong: Record<string, Json | { raw: string }> = {
    'one element': [salt],
    'four elements': [salt, 'name', 'v', 'x'],
    'an element where a member belongs': [salt, 'v'],
    'an object': { salt, name: 'name', value: 'v' },
    'a text': 'name',
    null: null,
    'an object with a length': { length: 3 },
    'lg-41 a number as name': [salt, 7, 'v'],
    'null as name': [salt, null, 'v'],
    'no salt': [null, 'name', 'v'],
    'a number as salt': [12345678901234, 'name', 'v'],
    'an empty salt': ['', 'name', 'v'],
    'a salt under 128 bits': [salt.slice(1), 'name', 'v'],
    'no JSON': { raw: '[oops' },
    nothing: { raw: '' },
    'trailing bytes': { raw: `${JSON.stringify([salt, 'name', 'v'])}x` },
  };
  it.each(Object.entries(wrong))('%s', async (_, content) => {
    expect(await refusal(verify(await withDisclosed(disclosure(content))))).toBe('sd_format');
  });
  it('a member where an element belongs', async () => {
    expect(await refusal(verify(await forge({ claims: { a: [{ '...': digest(name) }] }, disclosures: [name] })))).toBe(
      'sd_format',
    );
  });
  it.each<[string, Record<string, Json>]>([
    ['_sd that is a text', { _sd: digest(name) }],
    ['_sd that is an object', { a: { _sd: { 0: digest(name) } } }],
    ['_sd with a number', { _sd: [digest(name), 7] }],
    ['... at the top level', { '...': digest(name) }],
    ['... as a member', { a: { '...': digest(name) } }],
    ['... with another member', { a: [{ '...': digest(name), more: 1 }] }],
    ['... that is a number', { a: [{ '...': 7 }] }],
  ])('%s', async (_, claims) => {
    expect(await refusal(verify(await forge({ claims })))).toBe('sd_format');
  });
});

describe('nc-025 lg-42 the hash', () => {
  it.each<Json>(['md5', 'sha-1', 'sha-256-32', 'sha-256-128', 'SHA-256', 'unknown', '', 7, null, ['sha-256']])(
    '_sd_alg %j',
    async (alg) => {
      expect(await refusal(verify(await forge({ claims: { _sd_alg: alg } })))).toBe('sd_alg');
    },
  );
  it('below the top level, in plain and inside a disclosure', async () => {
    expect(await refusal(verify(await forge({ claims: { a: { _sd_alg: 'sha-256' } } })))).toBe('sd_alg');
    expect(await refusal(verify(await withDisclosed(disclosure([salt, 'p', { _sd_alg: 'sha-256' }]))))).toBe('sd_alg');
  });
});

describe('parser rules inside disclosures', () => {
  it('nc-006 a member twice', async () => {
    const twice = disclosure({ raw: `["${salt}","name",{"a":1,"a":2}]` });
    expect(await refusal(verify(await withDisclosed(twice)))).toBe('json_dup_key');
  });
  it.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then'])(
    'nc-008 %s as name, and inside a value',
    async (reserved) => {
      const named = disclosure({ raw: `["${salt}","${reserved}",1]` });
      expect(await refusal(verify(await withDisclosed(named)))).toBe('json_reserved_key');
      const inside = disclosure({ raw: `["${salt}","name",{"${reserved}":1}]` });
      expect(await refusal(verify(await withDisclosed(inside)))).toBe('json_reserved_key');
    },
  );
  it('nc-009 a number that is none of ours', async () => {
    const infinite = disclosure({ raw: `["${salt}","name",1e400]` });
    expect(await refusal(verify(await withDisclosed(infinite)))).toBe('json_number');
  });
  it('nc-012 another spelling of the same base64url', async () => {
    const spellings = [`${name}=`, `${name.slice(0, 9)}\n${name.slice(9)}`, ` ${name}`, `+${name.slice(1)}`];
    for (const spelling of spellings) expect(await refusal(verify(await withDisclosed(spelling)))).toBe('encoding');
    const one = disclosure([salt, 'n', 1]);
    expect(one.length % 4).not.toBe(0);
    const unused = one.slice(0, -1) + next(one.at(-1) ?? '');
    expect(await refusal(verify(await withDisclosed(unused)))).toBe('encoding');
    expect(await refusal(verify(await withDisclosed(one)))).toBe('accepted');
  });
  it('bytes that are not UTF-8', async () => {
    const bytes = Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]).toString('base64url');
    expect(await refusal(verify(await withDisclosed(bytes)))).toBe('encoding');
  });
});

describe('nc-017 much of everything is refused quickly', () => {
  async function timed(text: string): Promise<readonly [string, number]> {
    await verify(await showing());
    const start = performance.now();
    const code = await refusal(verify(text));
    return [code, performance.now() - start];
  }
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => disclosure([salt, `claim_${index}`, index]));

  it('1,000 disclosures and 10,000 decoys', async () => {
    const disclosures = many(1_000);
    const decoys = Array.from({ length: 10_000 }, (_, index) => digest(`decoy ${index}`));
    const issued = await forgeIssued({ claims: { _sd: [...disclosures.map(digest), ...decoys] }, disclosures });
    const [code, ms] = await timed(`${issued}e30.e30.AA`);
    expect(code).toBe('json_limit');
    expect(ms).toBeLessThan(200);
  });
  it('257 disclosures; 256 pass', async () => {
    expect(await refusal(verify(await withDisclosed(...many(257))))).toBe('json_limit');
    expect(await refusal(verify(await withDisclosed(...many(256))))).toBe('accepted');
  });
  it('more digests than a payload may have members', async () => {
    const decoys = Array.from({ length: 2_100 }, (_, index) => `${index}`);
    expect(await refusal(verify(await forge({ claims: { _sd: decoys } })))).toBe('json_limit');
  });
  it('10 MB, of anything', async () => {
    for (const unit of ['~', 'A', '.', 'e30.']) {
      const [code, ms] = await timed(`e30.e30.AA~${unit.repeat(10_000_000 / unit.length)}~e30.e30.AA`);
      expect(code).toBe('json_limit');
      expect(ms).toBeLessThan(200);
    }
  });
  it('disclosures inside each other deeper than a text may be', async () => {
    const chain = async (depth: number) => {
      let inner = disclosure([salt, 'end', 1]);
      const disclosures = [inner];
      for (let level = 1; level < depth; level++) {
        inner = disclosure([salt, 'in', { _sd: [digest(inner)] }]);
        disclosures.push(inner);
      }
      return forge({ claims: { _sd: [digest(inner)] }, disclosures });
    };
    expect(await refusal(verify(await chain(32)))).toBe('accepted');
    expect(await refusal(verify(await chain(34)))).toBe('json_limit');
  });
  it('a disclosure that is nested too deeply itself', async () => {
    const deep = disclosure({ raw: `["${salt}","name",${'['.repeat(40)}${']'.repeat(40)}]` });
    expect(await refusal(verify(await withDisclosed(deep)))).toBe('json_limit');
  });
});

describe('the issuer’s part', () => {
  it('nc-001 no signature, a signature of zeros, another’s signature', async () => {
    const [head, ...rest] = (await issue()).split('~');
    const [header = '', payload = ''] = (head ?? '').split('.');
    for (const signature of ['', 'A'.repeat(86)]) {
      const text = [`${header}.${payload}.${signature}`, ...rest].join('~');
      expect(await refusal(verify(await bind(text)))).toBe('sig_invalid');
    }
    expect(await refusal(verify(await bind(await forgeIssued({ signer: stranger }))))).toBe('sig_invalid');
  });
  it.each(['none', 'None', 'nOnE', 'HS256', 'RS256'])('nc-001 alg %s', async (alg) => {
    const [head, ...rest] = (await issue()).split('~');
    const [, payload = '', signature = ''] = (head ?? '').split('.');
    const header = disclosure({ alg, typ: 'dc+sd-jwt' });
    const text = `${[`${header}.${payload}.${signature}`, ...rest].join('~')}e30.e30.AA`;
    expect(await refusal(verify(text))).toBe('alg_not_allowed');
  });
  it('an algorithm the reader does not take', async () => {
    expect(await refusal(verify(await showing(), { algs: ['EdDSA'] }))).toBe('alg_not_allowed');
    expect(await refusal(verify(await issue(), { algs: ['EdDSA'], keyBinding: 'none-at-issuance' }))).toBe(
      'alg_not_allowed',
    );
  });
  it.each(['vc+sd-jwt', 'JWT', 'kb+jwt', 'statuslist+jwt', 'oauth-authz-req+jwt'])('nc-005 typ %s', async (typ) => {
    expect(await refusal(verify(await forge({ header: { typ } })))).toBe('typ_mismatch');
  });
  it('nc-011 any crit', async () => {
    expect(await refusal(verify(await forge({ header: { crit: ['exp'] } })))).toBe('crit_unsupported');
  });
  it('the refusal of whoever knows the issuers is passed on', async () => {
    const issuerKey = () => Promise.reject(new TypeError('a fault of ours'));
    expect(await refusal(verify(await showing(), { issuerKey }))).toBe('internal');
  });
});

/** The next digit of the alphabet: the same byte, other unused bits. */
function next(digit: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(digit) + 1);
}
