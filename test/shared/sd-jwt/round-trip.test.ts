import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../../shared/encoding/index.ts';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { webCrypto } from '../../../shared/keys/index.ts';
import {
  createKeyBinding,
  disclosedView,
  issueSdJwt,
  type Path,
  parseSdJwt,
  presentSdJwt,
} from '../../../shared/sd-jwt/index.ts';
import { generateNodeSigner } from '../../../shared/server/node-crypto.ts';
import {
  aud,
  bind,
  crypto,
  frame,
  holder,
  issue,
  issuer,
  jwkJson,
  nonce,
  now,
  person,
  personPaths,
  refusal,
  showing,
  stranger,
  verify,
} from './credential.ts';

const everything = Object.keys(person).map((name) => [name]);

describe('issue, present, bind, verify', () => {
  it('gives back all claims when all are shown', async () => {
    const { payload, holderKey, header } = await verify(await showing(everything));
    expect(payload).toEqual({ ...frame(), ...person });
    expect(holderKey).toEqual(holder.publicJwk);
    expect(header).toMatchObject({ typ: 'dc+sd-jwt', alg: 'ES256', kid: 'issuer-1' });
  });

  it('shows what was chosen and nothing else', async () => {
    const { payload, disclosedPaths } = await verify(await showing([['name'], ['age_equal_or_over', '18']]));
    expect(payload).toEqual({ ...frame(), name: '虎符', age_equal_or_over: { '18': true }, nationalities: [] });
    expect(disclosedPaths).toEqual([['name'], ['age_equal_or_over', '18']]);
  });

  it('shows nothing of the person when nothing is chosen', async () => {
    const { payload, disclosedPaths } = await verify(await showing([]));
    expect(payload).toEqual({ ...frame(), age_equal_or_over: {}, nationalities: [] });
    expect(disclosedPaths).toEqual([]);
  });

  it('brings the parents of a chosen claim, and all that lies in it', async () => {
    const region = await verify(await showing([['address', 'region']]));
    expect(region.payload.address).toEqual({ region: '北京' });
    const whole = await verify(await showing([['address']]));
    expect(whole.payload.address).toEqual(person.address);
  });

  it('shows one element of an array, and all of them', async () => {
    expect((await verify(await showing([['nationalities', 1]]))).payload.nationalities).toEqual(['XX']);
    expect((await verify(await showing([['nationalities', null]]))).payload.nationalities).toEqual(['CN', 'XX']);
  });

  it('keeps the order of the disclosures as issued', async () => {
    const issued = parseSdJwt(await issue());
    const shown = parseSdJwt(presentSdJwt(await issue(), [['sex'], ['name']], crypto));
    expect(issued.disclosures.map((one) => one.name).slice(0, 2)).toEqual(['name', 'sex']);
    expect(shown.disclosures.map((one) => one.name)).toEqual(['name', 'sex']);
  });

  it('names one credential by one hash, whatever is shown of it', async () => {
    const issued = await issue();
    const hashes = await Promise.all(
      [[['name']], [['sex']]].map(
        async (paths) => (await verify(await bind(presentSdJwt(issued, paths, crypto)))).credentialHash,
      ),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect((await verify(await showing())).credentialHash).not.toBe(hashes[0]);
  });

  it('returns objects without a prototype', async () => {
    const { payload } = await verify(await showing(everything));
    expect(Object.getPrototypeOf(payload)).toBeNull();
    expect(Object.getPrototypeOf(payload.address)).toBeNull();
  });

  it('works with Ed25519 keys under both names of the algorithm', async () => {
    for (const alg of ['EdDSA', 'Ed25519'] as const) {
      const signer = generateNodeSigner(alg);
      const issued = await issueSdJwt({
        payload: { ...frame(signer), ...person },
        disclosable: personPaths,
        header: {},
        signer,
        crypto,
      });
      const shown = await bind(presentSdJwt(issued, [['name']], crypto), signer);
      expect((await verify(shown, { issuerKey: () => signer.publicJwk })).payload.name).toBe('虎符');
    }
  });

  it('works on WebCrypto as in the browser', async () => {
    expect((await verify(await showing(), { crypto: webCrypto() })).payload.name).toBe('虎符');
  });

  it('takes a credential without disclosures: no _sd, no _sd_alg', async () => {
    const issued = await issue({ name: '虎符' }, []);
    expect(Object.keys(parseSdJwt(issued).jwt.payload).sort()).toEqual([...Object.keys(frame()), 'name'].sort());
    expect((await verify(await bind(issued))).payload.name).toBe('虎符');
  });
});

describe('what is signed', () => {
  it('hides the order of the claims: digests are sorted', async () => {
    const digests = signed(await issue())._sd;
    const inOrder =
      Array.isArray(digests) && digests.every((one, index) => index === 0 || `${digests[index - 1]}` < `${one}`);
    expect(inOrder).toBe(true);
    expect(digests).toHaveLength(4);
  });

  it('has salts of 128 bits, each used once', async () => {
    const salts = new Set<unknown>();
    for (const one of [await issue(), await issue()].flatMap((issued) => parseSdJwt(issued).disclosures)) {
      const content: unknown = JSON.parse(Buffer.from(one.encoded, 'base64url').toString());
      const salt: unknown = Array.isArray(content) ? content[0] : undefined;
      expect(salt).toMatch(/^[A-Za-z0-9_-]{22}$/);
      salts.add(salt);
    }
    expect(salts.size).toBe(2 * 11);
  });

  it('mixes decoys in with the digests of each object, and readers do not notice', async () => {
    const issued = await issueSdJwt({
      payload: { ...frame(), ...person },
      disclosable: personPaths,
      header: {},
      signer: issuer,
      crypto,
      decoys: 5,
    });
    const payload = signed(issued);
    expect(payload._sd).toHaveLength(4 + 5);
    expect(payload.age_equal_or_over).toEqual({ _sd: expect.objectContaining({ length: 3 + 5 }) });
    expect(payload.cnf).toEqual(frame().cnf);
    expect((await verify(await bind(presentSdJwt(issued, everything, crypto)))).payload).toEqual({
      ...frame(),
      ...person,
    });
  });

  it('carries no claim in plain that is to be withheld', async () => {
    const jwt = (await issue()).split('~')[0] ?? '';
    const text = JSON.stringify(parseJwt(jwt).payload);
    for (const value of ['虎符', '1990-02-28', '北京', '长安街', 'XX']) expect(text).not.toContain(value);
  });
});

describe('issuing refuses', () => {
  const issueWith = (payload: JsonObject, disclosable: readonly Path[]) =>
    refusal(issueSdJwt({ payload, disclosable, header: {}, signer: issuer, crypto }));

  it('a path that selects nothing: the claim it was meant to hide would be public', async () => {
    expect(await issueWith({ ...frame(), name: '虎符' }, [['nmae']])).toBe('claim_missing');
    expect(await issueWith({ ...frame(), name: '虎符' }, [[]])).toBe('claim_missing');
    expect(await issueWith({ ...frame(), name: '虎符' }, [['name']])).toBe('accepted');
  });

  it.each(['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status'])(
    'nc-023 %s or a part of it as disclosable',
    async (name) => {
      const value = name === 'nbf' || name === 'exp' ? now + 9 : { part: 1 };
      const payload = { ...frame(), ...(name in frame() ? {} : { [name]: value }) };
      expect(await issueWith(payload, [[name]])).toBe(name === 'aka_vcts' ? 'claim_type' : 'sd_reserved');
      expect(await issueWith({ ...frame() }, [['cnf', 'jwk', 'x']])).toBe('sd_reserved');
      expect(await issueWith({ ...frame() }, [['status', 'status_list']])).toBe('sd_reserved');
    },
  );

  it.each(['_sd', '...', '_sd_alg'])('a claim named %s at any depth', async (name) => {
    expect(await issueWith({ ...frame(), [name]: 'x' }, [])).toBe('sd_reserved');
    expect(await issueWith({ ...frame(), a: [{ b: { [name]: 'x' } }] }, [])).toBe('sd_reserved');
  });

  it('a payload that is no credential', async () => {
    const { vct: _, ...untyped } = frame();
    expect(await issueWith(untyped, [])).toBe('claim_type');
    expect(await issueWith({ ...frame(), cnf: { jwk: { kty: 'oct', k: 'AA' } } }, [])).toBe('key_invalid');
  });
});

describe('the holder', () => {
  it('sees every claim and which ones may be withheld, parents first', async () => {
    const view = disclosedView(await issue(), crypto);
    expect(view.payload).toEqual({ ...frame(), ...person });
    expect(view.header.typ).toBe('dc+sd-jwt');
    expect(view.disclosablePaths).toHaveLength(11);
    const lengths = view.disclosablePaths.map((path) => path.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(view.disclosablePaths).toContainEqual(['nationalities', 1]);
  });

  it('cannot present a path that selects nothing', async () => {
    const issued = await issue();
    expect(await refusal(() => presentSdJwt(issued, [['name'], ['nick']], crypto))).toBe('claim_missing');
    expect(await refusal(() => presentSdJwt(issued, [['name']], crypto))).toBe('accepted');
  });

  it('cannot present what is bound already', async () => {
    const bound = await showing();
    expect(await refusal(() => presentSdJwt(bound, [], crypto))).toBe('sd_format');
    expect(await refusal(() => disclosedView(bound, crypto))).toBe('sd_format');
    expect(await refusal(bind(bound))).toBe('sd_format');
  });

  it('cannot bind with a key that is not the credential’s, or a credential without one', async () => {
    const issued = await issue();
    expect(await refusal(bind(issued, stranger))).toBe('kb_key');
    const unbound = await issueSdJwt({ payload: { vct: 'v' }, disclosable: [], header: {}, signer: issuer, crypto });
    expect(await refusal(bind(unbound))).toBe('kb_key');
    expect(await refusal(bind(issued))).toBe('accepted');
  });

  it('may add hashes of transaction data', async () => {
    const presentation = presentSdJwt(await issue(), [], crypto);
    const shown = await createKeyBinding({
      presentation,
      aud,
      nonce,
      iat: now,
      transactionDataHashes: ['a-hash'],
      transactionDataHashesAlg: 'sha-256',
      signer: holder,
      crypto,
    });
    const result = await verify(shown);
    expect([result.transactionDataHashes, result.transactionDataHashesAlg]).toEqual([['a-hash'], 'sha-256']);
  });

  it('keeps a credential it received: the wallet’s own check', async () => {
    const { payload, holderKey, disclosedPaths } = await verify(await issue(), { keyBinding: 'none-at-issuance' });
    expect(payload).toEqual({ ...frame(), ...person });
    expect(jwkJson(holderKey ?? stranger.publicJwk)).toEqual(jwkJson(holder.publicJwk));
    expect(disclosedPaths).toHaveLength(11);
  });
});

function signed(issued: string): JsonObject {
  const { payload } = parseSdJwt(issued).jwt;
  return isJsonObject(payload) ? payload : parseJsonObject('{}');
}
