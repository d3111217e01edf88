import { createServer } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { createDidKeys, didJwkOf } from '../../../shared/did/index.ts';
import { codeOf, HufuError } from '../../../shared/errors.ts';
import { parseJwt, signJwt, type UnverifiedJwt } from '../../../shared/jwt/index.ts';
import { type Signer, thumbprint } from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { createIssuerTrust, type IssuerTrust, type TrustedIssuer } from '../../../shared/trust/index.ts';
import { day, flags, type Issued, intermediate, issue, leaf, now, root, signerOf } from './authority.ts';

const crypto = nodeCrypto();
const id = 'https://issuer.example';
const vct = 'https://issuer.example/types/resident-id/1';
const name = { 'zh-Hans': '签发机关', en: 'Issuer' };

let anchor: Issued;
let end: Issued;
let chainSigner: Signer;
const didSigner = generateNodeSigner('ES256');
const did = didJwkOf(didSigner.publicJwk);
const otherSigner = generateNodeSigner('ES256');
const otherDid = didJwkOf(otherSigner.publicJwk);

beforeAll(async () => {
  anchor = await root();
  end = await leaf(anchor);
  chainSigner = await signerOf(end);
});

const issuer = (changes: Partial<TrustedIssuer> = {}): TrustedIssuer => ({
  id,
  dids: [did],
  anchors: [anchor.text],
  types: [vct, 'ResidentIdCredential'],
  name,
  ...changes,
});
const other: TrustedIssuer = {
  id: 'https://other.example',
  dids: [otherDid],
  anchors: [],
  types: [vct, 'ResidentIdCredential'],
  name,
};

function trusting(issuers: readonly TrustedIssuer[] = [issuer(), other], clock = fixedClock(now)): IssuerTrust {
  return createIssuerTrust({ issuers, dids: createDidKeys({ clock }), clock, crypto });
}

async function token(header: object, payload: object, signer: Signer = chainSigner): Promise<UnverifiedJwt> {
  return parseJwt(await signJwt({ ...header }, { iat: now, ...payload }, signer));
}
const byChain = (header: object = {}, payload: object = {}) =>
  token({ x5c: [end.text], ...header }, { iss: id, ...payload });
const byDid = (header: object = {}, payload: object = {}) =>
  token({ kid: `${did}#0`, ...header }, { iss: did, ...payload }, didSigner);

async function codeAnd(at: Promise<unknown>): Promise<string> {
  return codeOf(
    await at.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
}

describe('by chain', () => {
  it('gives the key of the leaf, its issuer and the authorities of the chain', async () => {
    const { key, issuer: found, authorityKeyIds } = await trusting().keyFor(await byChain(), vct);
    expect(key).toEqual(chainSigner.publicJwk);
    expect(found.id).toBe(id);
    expect(authorityKeyIds).toHaveLength(1);
  });

  it('nc-003 a chain of the attacker is key_untrusted, whatever it says', async () => {
    const evil = await root({ subject: 'CN=root' });
    const twin = await leaf(evil);
    const alone = await issue({ ca: false, usages: flags.digitalSignature, uris: [id] });
    for (const attacker of [twin, alone]) {
      const forged = await token({ x5c: [attacker.text] }, { iss: id }, await signerOf(attacker));
      expect(await codeAnd(trusting().keyFor(forged, vct))).toBe('key_untrusted');
    }
    const withRoot = await token({ x5c: [twin.text, evil.text] }, { iss: id }, await signerOf(twin));
    expect(await codeAnd(trusting().keyFor(withRoot, vct))).toBe('key_untrusted');
  });

  it('nc-003 a key from the header is key_untrusted, and nobody is called', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`;
    const { publicJwk } = generateNodeSigner('ES256');
    expect(await codeAnd(trusting().keyFor(await byChain({ jwk: { ...publicJwk } }), vct))).toBe('key_untrusted');
    expect(await codeAnd(trusting().keyFor(await token({ jwk: { ...publicJwk } }, { iss: id }), vct))).toBe(
      'key_untrusted',
    );
    expect(await codeAnd(trusting().keyFor(await byDid({ jwk: { ...didSigner.publicJwk } }), vct))).toBe(
      'key_untrusted',
    );
    expect(await codeAnd(byChain({ jku: url }))).toBe('key_untrusted');
    expect(await codeAnd(byChain({ x5u: url }))).toBe('key_untrusted');
    expect(connections).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it('no chain, an empty or odd one is key_untrusted', async () => {
    for (const x5c of [undefined, [], 'AAAA', [7], [[end.text]], {}, null]) {
      expect(await codeAnd(trusting().keyFor(await byChain({ x5c }), vct))).toBe('key_untrusted');
    }
  });

  it('entries that are no text are refused before anything is read', async () => {
    for (const x5c of [[7], [end.text, null], [[end.text]]]) {
      const error: unknown = await trusting()
        .keyFor(await byChain({ x5c }), vct)
        .catch((reason: unknown) => reason);
      expect(codeOf(error)).toBe('key_untrusted');
      expect(error).not.toHaveProperty('cause');
    }
  });

  it.each([['../../../etc/passwd'], ["'or'1'='1"], ['a..b'], ['a/b'], ['a'.repeat(257)]])(
    'nc-004 kid %s is key_untrusted',
    async (kid) => {
      expect(await codeAnd(trusting().keyFor(await byChain({ kid }), vct))).toBe('key_untrusted');
    },
  );

  it.each([[''], ['a\u0000b'], ['a\r\nb'], ['x'.repeat(10_000)], [7], [{}], [[]], [null]])(
    'nc-004 kid %j never gets past the parser',
    async (kid) => {
      expect(await codeAnd(byChain({ kid }))).toBe('key_untrusted');
    },
  );

  it('an ordinary kid beside a chain is no matter', async () => {
    for (const kid of ['key-1', 'did:web:issuer.example#key-1', thumbprint(chainSigner.publicJwk, crypto)]) {
      expect((await trusting().keyFor(await byChain({ kid }), vct)).issuer.id).toBe(id);
    }
  });

  it('nc-032 a good chain of somebody else is iss_mismatch', async () => {
    const neighbour = await leaf(anchor, { uris: ['https://neighbour.example'] });
    const forged = await token({ x5c: [neighbour.text] }, { iss: id }, await signerOf(neighbour));
    expect(await codeAnd(trusting().keyFor(forged, vct))).toBe('iss_mismatch');
    const near = await leaf(anchor, { uris: [`${id}/`, `${id}.evil.example`] });
    expect(
      await codeAnd(trusting().keyFor(await token({ x5c: [near.text] }, { iss: id }, await signerOf(near)), vct)),
    ).toBe('iss_mismatch');
    const both = await leaf(anchor, { uris: ['https://neighbour.example', id] });
    expect((await trusting().keyFor(await token({ x5c: [both.text] }, { iss: id }), vct)).issuer.id).toBe(id);
  });

  it("the anchors are each issuer's own", async () => {
    const foreign = await root({ subject: 'CN=foreign' });
    const list = [issuer(), { ...other, anchors: [foreign.text] }];
    const stolen = await leaf(foreign, { uris: [id] });
    expect(await codeAnd(trusting(list).keyFor(await token({ x5c: [stolen.text] }, { iss: id }), vct))).toBe(
      'key_untrusted',
    );
  });

  it('nc-104 a compromised key is key_untrusted, anywhere in the chain', async () => {
    const middle = await intermediate(anchor);
    const low = await leaf(middle);
    const jwt = await token({ x5c: [low.text, middle.text] }, { iss: id });
    expect((await trusting([issuer({ compromisedKeys: ['x'] })]).keyFor(jwt, vct)).issuer.id).toBe(id);
    for (const lost of [low, middle]) {
      const compromisedKeys = [thumbprint((await signerOf(lost)).publicJwk, crypto)];
      expect(await codeAnd(trusting([issuer({ compromisedKeys })]).keyFor(jwt, vct))).toBe('key_untrusted');
    }
  });

  it('a remembered chain is asked again for its time', async () => {
    const clock = fixedClock(now);
    const trust = trusting([issuer()], clock);
    const jwt = await byChain();
    await trust.keyFor(jwt, vct);
    clock.set(now + 30 * day);
    await trust.keyFor(jwt, vct);
    clock.advance(1);
    expect(await codeAnd(trust.keyFor(jwt, vct))).toBe('key_untrusted');
    clock.set(now - 2 * day);
    expect(await codeAnd(trust.keyFor(jwt, vct))).toBe('key_untrusted');
  });

  it('a chain remembered for one issuer is nothing to another', async () => {
    const foreign = await root({ subject: 'CN=foreign' });
    const trust = trusting([issuer(), { ...other, anchors: [foreign.text] }]);
    const shared = await leaf(anchor, { uris: [id, other.id] });
    expect((await trust.keyFor(await token({ x5c: [shared.text] }, { iss: id }), vct)).issuer.id).toBe(id);
    expect(await codeAnd(trust.keyFor(await token({ x5c: [shared.text] }, { iss: other.id }), vct))).toBe(
      'key_untrusted',
    );
  });
});

describe('by DID', () => {
  it('gives the key that the document lists for assertions', async () => {
    const { key, issuer: found, authorityKeyIds } = await trusting().keyFor(await byDid(), ['ResidentIdCredential']);
    expect(key).toEqual(didSigner.publicJwk);
    expect(found.id).toBe(id);
    expect(authorityKeyIds).toEqual([]);
  });

  it('nc-104 kid absent is key_untrusted', async () => {
    expect(await codeAnd(trusting().keyFor(await byDid({ kid: undefined }), vct))).toBe('key_untrusted');
  });

  it.each([['0'], ['#0'], ['../../../etc/passwd'], ["'#0"], [`${'x'.repeat(300)}`]])(
    'nc-004 kid %s is key_untrusted',
    async (kid) => {
      expect(await codeAnd(trusting().keyFor(await byDid({ kid }), vct))).toBe('key_untrusted');
    },
  );

  it('nc-004 a key that the DID does not have is key_untrusted', async () => {
    expect(await codeAnd(trusting().keyFor(await byDid({ kid: `${did}#1` }), vct))).toBe('key_untrusted');
    expect(await codeAnd(trusting().keyFor(await byDid({ kid: did }), vct))).toBe('key_untrusted');
  });

  it('nc-032 the key of another trusted DID is iss_mismatch', async () => {
    expect(await codeAnd(trusting().keyFor(await byDid({ kid: `${otherDid}#0` }), vct))).toBe('iss_mismatch');
    expect(
      (await trusting().keyFor(await token({ kid: `${otherDid}#0` }, { iss: otherDid }, otherSigner), vct)).issuer.id,
    ).toBe(other.id);
  });

  it('a host that does not answer is trust_unavailable, a key for another purpose key_purpose', async () => {
    const web = 'did:web:issuer.example';
    const clock = fixedClock(now);
    const dids = createDidKeys({ clock, fetchText: () => Promise.reject(new HufuError('fetch_failed')) });
    const trust = createIssuerTrust({ issuers: [issuer({ dids: [web] })], dids, clock, crypto });
    expect(await codeAnd(trust.keyFor(await token({ kid: `${web}#1` }, { iss: web }, didSigner), vct))).toBe(
      'trust_unavailable',
    );
    const { kty, crv, x, y } = didSigner.publicJwk;
    const agrees = `did:jwk:${Buffer.from(JSON.stringify({ kty, crv, x, y, use: 'enc' })).toString('base64url')}`;
    expect(
      await codeAnd(
        trusting([issuer({ dids: [agrees] })]).keyFor(
          await token({ kid: `${agrees}#0` }, { iss: agrees }, didSigner),
          vct,
        ),
      ),
    ).toBe('key_purpose');
  });

  it('nc-104 a retired key is good for what was signed until then, a compromised one for nothing', async () => {
    const old = generateNodeSigner('ES256').publicJwk;
    const kid = `${did}#old`;
    const list = (changes: Partial<TrustedIssuer>) =>
      trusting([issuer({ retired: [{ kid, key: old, retiredAt: now - 100 }], ...changes })]);
    expect((await list({}).keyFor(await byDid({ kid }, { iat: now - 100 }), vct)).key).toEqual(old);
    expect(await codeAnd(list({}).keyFor(await byDid({ kid }, { iat: now - 99 }), vct))).toBe('key_untrusted');
    expect(await codeAnd(list({}).keyFor(await byDid({ kid }, { iat: undefined }), vct))).toBe('key_untrusted');
    expect(
      await codeAnd(
        list({ compromisedKeys: [thumbprint(old, crypto)] }).keyFor(await byDid({ kid }, { iat: now - 100 }), vct),
      ),
    ).toBe('key_untrusted');
    expect(
      await codeAnd(
        trusting([issuer({ compromisedKeys: [thumbprint(didSigner.publicJwk, crypto)] })]).keyFor(await byDid(), vct),
      ),
    ).toBe('key_untrusted');
  });
});

describe('the list decides', () => {
  it('an empty list is trust_unavailable, an unknown issuer key_untrusted, a missing one iss_mismatch', async () => {
    expect(await codeAnd(trusting([]).keyFor(await byChain(), vct))).toBe('trust_unavailable');
    expect(await codeAnd(trusting().keyFor(await byChain({}, { iss: 'https://nobody.example' }), vct))).toBe(
      'key_untrusted',
    );
    for (const iss of ['https://self-issued.me/v2', `${id}/`, 'HTTPS://issuer.example', `${did}#0`]) {
      expect(await codeAnd(trusting().keyFor(await byChain({}, { iss }), vct))).toBe('key_untrusted');
    }
    for (const iss of [undefined, 7, null, [id], { id }]) {
      expect(await codeAnd(trusting().keyFor(await byChain({}, { iss }), vct))).toBe('iss_mismatch');
    }
  });

  it('nc-032 a type that the issuer is not registered for is issuer_not_authorised', async () => {
    const trust = trusting();
    for (const type of ['https://issuer.example/types/driving-licence/1', `${vct}/`, '', []]) {
      expect(await codeAnd(trust.keyFor(await byChain(), type))).toBe('issuer_not_authorised');
    }
    expect(await codeAnd(trust.keyFor(await byDid(), ['ResidentIdCredential', 'DrivingLicence']))).toBe(
      'issuer_not_authorised',
    );
    expect((await trust.keyFor(await byDid(), ['ResidentIdCredential', vct])).issuer.id).toBe(id);
  });

  it('the token does not choose the mechanism', async () => {
    // A good chain for a name that goes by DID, and a good DID key for a name that goes by chain.
    expect(await codeAnd(trusting().keyFor(await byDid({ x5c: [end.text] }), vct))).toBe('key_untrusted');
    expect(await codeAnd(trusting().keyFor(await token({ x5c: [end.text] }, { iss: did }), vct))).toBe('key_untrusted');
    expect(await codeAnd(trusting().keyFor(await token({ kid: `${did}#0` }, { iss: id }, didSigner), vct))).toBe(
      'key_untrusted',
    );
    expect(await codeAnd(trusting([issuer({ anchors: [] })]).keyFor(await byChain(), vct))).toBe('key_untrusted');
    expect(await codeAnd(trusting([issuer({ dids: [] })]).keyFor(await byDid(), vct))).toBe('key_untrusted');
  });

  it('nc-104 a list that is ambiguous does not load', () => {
    const key = didSigner.publicJwk;
    const retired = (kid: string) => ({ kid, key, retiredAt: now });
    expect(() => trusting([issuer(), issuer()])).toThrow(TypeError);
    expect(() => trusting([issuer(), { ...other, id }])).toThrow(TypeError);
    expect(() => trusting([issuer(), { ...other, dids: [did] }])).toThrow(TypeError);
    expect(() => trusting([issuer({ id: did, dids: [otherDid] }), { ...other, dids: [did] }])).toThrow(TypeError);
    expect(() => trusting([issuer({ retired: [retired(`${did}#a`), retired(`${did}#a`)] })])).toThrow(TypeError);
    expect(() => trusting([issuer({ retired: [retired(`${otherDid}#a`)] })])).toThrow(TypeError);
    expect(() => trusting([issuer({ anchors: [], dids: [] })])).toThrow(TypeError);
    expect(() => trusting([issuer({ retired: [retired(`${did}#a`), retired(`${did}#b`)] }), other])).not.toThrow();
  });
});

describe('status lists', () => {
  it('are signed by the issuer whose credential names them, known by id or DID', async () => {
    const trust = trusting();
    const list = await token({ x5c: [end.text] }, { sub: `${id}/status-lists/1` });
    expect(await trust.statusKeyFor(list, id)).toEqual(chainSigner.publicJwk);
    expect(await trust.statusKeyFor(list, did)).toEqual(chainSigner.publicJwk);
    expect(await trust.statusKeyFor(await byChain(), id)).toEqual(chainSigner.publicJwk);
    expect(await trust.statusKeyFor(await byDid(), id)).toEqual(didSigner.publicJwk);
    const onlyDid = trusting([issuer({ anchors: [] })]);
    expect(await onlyDid.statusKeyFor(await token({ kid: `${did}#0` }, {}, didSigner), id)).toEqual(
      didSigner.publicJwk,
    );
  });

  it('nc-097 of another trusted issuer, of nobody, or by a chain of nobody', async () => {
    const trust = trusting();
    const list = await token({ kid: `${otherDid}#0` }, { iss: otherDid }, otherSigner);
    expect(await trust.statusKeyFor(list, other.id)).toEqual(otherSigner.publicJwk);
    expect(await codeAnd(trust.statusKeyFor(list, id))).toBe('iss_mismatch');
    expect(await codeAnd(trust.statusKeyFor(list, 'https://nobody.example'))).toBe('key_untrusted');
    expect(await codeAnd(trust.statusKeyFor(await token({ kid: `${otherDid}#0` }, {}, otherSigner), id))).toBe(
      'key_untrusted',
    );
    expect(
      await codeAnd(
        trusting([issuer({ anchors: [] }), other]).statusKeyFor(
          await token({ kid: `${otherDid}#0` }, {}, otherSigner),
          id,
        ),
      ),
    ).toBe('iss_mismatch');
    expect(await codeAnd(trusting([issuer({ anchors: [] })]).statusKeyFor(await token({}, {}, otherSigner), id))).toBe(
      'iss_mismatch',
    );
    const evil = await leaf(await root());
    expect(await codeAnd(trust.statusKeyFor(await token({ x5c: [evil.text] }, {}, await signerOf(evil)), id))).toBe(
      'key_untrusted',
    );
    const neighbour = await leaf(anchor, { uris: ['https://neighbour.example'] });
    expect(await codeAnd(trust.statusKeyFor(await token({ x5c: [neighbour.text] }, {}), id))).toBe('iss_mismatch');
  });
});
