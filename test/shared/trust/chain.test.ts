import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { HufuError } from '../../../shared/errors.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { relyingPartyOf, type VerifyChainOptions, verifyChain, x509Hash } from '../../../shared/trust/index.ts';
import {
  day,
  flags,
  type Issued,
  intermediate,
  issue,
  keys,
  leaf,
  now,
  root,
  signerOf,
  type Wish,
} from './authority.ts';

let anchor: Issued;
let other: Issued;
beforeAll(async () => {
  anchor = await root();
  other = await root({ subject: 'CN=other root' });
});

const verify = (
  chain: readonly (Issued | string)[],
  changes: Partial<VerifyChainOptions> = {},
  anchors: readonly Issued[] = [anchor],
) =>
  verifyChain(
    chain.map((entry) => (typeof entry === 'string' ? entry : entry.text)),
    anchors.map(({ text }) => text),
    { now, purpose: 'credential-issuer', ...changes },
  );

/** Where a chain was refused. */
async function faultOf(at: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await at.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HufuError)) return `no refusal: ${String(error)}`;
  expect(error.code).toBe('chain_invalid');
  return error.at;
}

describe('a chain that holds', () => {
  it('gives key, names and key identifiers of the leaf', async () => {
    const good = await leaf(anchor, { subject: 'CN=issuer.example, O=City, C=CN', dns: ['issuer.example'] });
    const verified = await verify([good]);
    const { x, y } = (await signerOf(good)).publicJwk;
    expect(verified.key).toEqual({ kty: 'EC', crv: 'P-256', x, y });
    expect(verified).toMatchObject({
      sanUris: ['https://issuer.example'],
      sanDns: ['issuer.example'],
      subject: {
        commonName: 'issuer.example',
        organization: 'City',
        country: 'CN',
        text: 'CN=issuer.example, O=City, C=CN',
      },
      notAfter: now + 30 * day,
    });
    const node = new X509Certificate(Buffer.from(verified.der));
    expect(x509Hash(verified.der, nodeCrypto())).toBe(
      Buffer.from(node.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
    );
    const rootKeyId = anchor.certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '';
    expect(verified.authorityKeyId).toBe(Buffer.from(rootKeyId, 'hex').toString('base64url'));
    expect(verified.authorityKeyIds).toEqual([verified.authorityKeyId]);
  });

  it('may be four long, and its anchor may be PEM', async () => {
    const one = await intermediate(anchor, { subject: 'CN=1', pathLength: 2 });
    const two = await intermediate(one, { subject: 'CN=2', pathLength: 1 });
    const three = await intermediate(two, { subject: 'CN=3', pathLength: 0, until: now + 5 * day });
    const end = await leaf(three);
    const verified = await verifyChain(
      [end, three, two, one].map(({ text }) => text),
      [anchor.certificate.toString('pem')],
      { now, purpose: 'credential-issuer' },
    );
    expect(verified.authorityKeyIds).toHaveLength(4);
    expect(verified.notAfter).toBe(now + 5 * day);
  });

  it('may have its names in a critical extension', async () => {
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'https://critical.example' }], true);
    expect((await verify([await leaf(anchor, { uris: [], extra: [names] })])).sanUris).toEqual([
      'https://critical.example',
    ]);
  });

  it('finds its anchor among several, also one that was renewed', async () => {
    const good = await leaf(anchor);
    expect((await verify([good], {}, [other, anchor])).sanUris).toEqual(['https://issuer.example']);
    const expired = await root({ keys: anchor.keys, until: now - 1 });
    expect((await verify([good], {}, [expired, anchor])).notAfter).toBe(now + 30 * day);
    expect((await verify([good], {}, [anchor, expired])).notAfter).toBe(now + 30 * day);
    expect(await faultOf(verify([good], {}, [expired]))).toBe('x5c.validity');
  });
});

describe('chain_invalid', () => {
  const cases: [string, () => Promise<readonly (Issued | string)[]>, string][] = [
    ['no certificate', async () => [], 'x5c.length'],
    ['five certificates', async () => [...new Array<Issued>(5).fill(await leaf(anchor))], 'x5c.length'],
    ['an unknown root', async () => [await leaf(await root({ subject: 'CN=evil root' }))], 'x5c.anchor'],
    ['a stranger with the name of the root', async () => [await leaf(await root())], 'x5c.anchor'],
    [
      'a stranger who also copies the key identifier',
      async () => [await leaf(await root(), { authorityKey: anchor.keys.publicKey })],
      'x5c.anchor',
    ],
    [
      'nc-003 a self-signed leaf',
      async () => [await issue({ ca: false, usages: flags.digitalSignature, uris: ['https://issuer.example'] })],
      'x5c[0].self-signed',
    ],
    ['the anchor itself', async () => [anchor], 'x5c.anchor'],
    ['the anchor at the end', async () => [await leaf(anchor), anchor], 'x5c.anchor'],
    [
      'the anchor key under another name',
      async () => [await leaf(anchor), await intermediate(other, { keys: anchor.keys })],
      'x5c.anchor',
    ],
    ['a leaf that is an authority', async () => [await leaf(anchor, { ca: true })], 'x5c[0].basicConstraints'],
    [
      'a leaf that may certify',
      async () => [await leaf(anchor, { usages: flags.digitalSignature | flags.keyCertSign })],
      'x5c[0].basicConstraints',
    ],
    ['a leaf that may not sign', async () => [await leaf(anchor, { usages: flags.keyAgreement })], 'x5c[0].keyUsage'],
    ['a leaf without key usage', async () => [await leaf(anchor, { usages: undefined })], 'x5c[0].keyUsage'],
    ['a leaf without names', async () => [await leaf(anchor, { uris: [] })], 'x5c[0].subjectAltName'],
    [
      'a DNS name where a URI is needed',
      async () => [await leaf(anchor, { uris: [], dns: ['issuer.example'] })],
      'x5c[0].subjectAltName',
    ],
    ['an intermediate that is no authority', async () => two({ ca: false }), 'x5c[0].issuer.basicConstraints'],
    ['an intermediate without basic constraints', async () => two({ ca: undefined }), 'x5c[0].issuer.basicConstraints'],
    [
      'an intermediate that may not certify',
      async () => two({ usages: flags.digitalSignature }),
      'x5c[0].issuer.keyUsage',
    ],
    [
      'a leaf under another leaf',
      async () => {
        const holder = await leaf(anchor, { subject: 'CN=holder' });
        return [await leaf(holder), holder];
      },
      'x5c[0].issuer.basicConstraints',
    ],
    [
      'a path longer than its authority allows',
      async () => {
        const one = await intermediate(anchor, { subject: 'CN=1', pathLength: 0 });
        const second = await intermediate(one, { subject: 'CN=2' });
        return [await leaf(second), second, one];
      },
      'x5c[1].issuer.pathLength',
    ],
    [
      'the wrong order',
      async () => {
        const [end, middle] = await two({});
        return [middle ?? '', end ?? ''];
      },
      'x5c[0].basicConstraints',
    ],
    ['a certificate in between missing', async () => [(await two({}))[0] ?? ''], 'x5c.anchor'],
    ['a certificate too many', async () => [await leaf(anchor), await intermediate(anchor)], 'x5c[0].issuer'],
    [
      'an issuer name that is not the next subject',
      async () => {
        const one = await intermediate(anchor);
        return [await leaf(one, { issuerName: 'CN=elsewhere' }), one];
      },
      'x5c[0].issuer',
    ],
    [
      'a signature of another key',
      async () => {
        const one = await intermediate(anchor);
        const twin = await intermediate(anchor);
        return [await leaf(one, { authorityKey: twin.keys.publicKey }), twin];
      },
      'x5c[0].signature',
    ],
    [
      'an authority key identifier of another key',
      async () => {
        const one = await intermediate(anchor);
        return [await leaf(one, { authorityKey: other.keys.publicKey }), one];
      },
      'x5c[0].authorityKeyIdentifier',
    ],
    [
      'no authority key identifier',
      async () => {
        const one = await intermediate(anchor);
        return [await leaf(one, { authorityKey: null }), one];
      },
      'x5c[0].authorityKeyIdentifier',
    ],
    [
      'no key identifiers on either side',
      async () => {
        const one = await intermediate(anchor, { keyId: false });
        return [await leaf(one, { authorityKey: null }), one];
      },
      'x5c[0].authorityKeyIdentifier',
    ],
    [
      'an RSA signature',
      async () => {
        const algorithm = {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
        };
        const rsa = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
        return [await leaf({ ...anchor, keys: rsa }, { authorityKey: anchor.keys.publicKey })];
      },
      'x5c[0]',
    ],
    ['a P-384 key', async () => [await leaf(anchor, { keys: await keys('P-384') })], 'x5c[0]'],
    ['a SHA-384 signature', async () => [await leaf(anchor, { hash: 'SHA-384' })], 'x5c[0]'],
    [
      'a critical extension that nobody knows',
      async () => [await leaf(anchor, { extra: [new x509.Extension('1.2.3.4', true, new Uint8Array([5, 0]))] })],
      'x5c[0]',
    ],
    [
      'a critical extended key usage',
      async () => [
        await leaf(anchor, { extra: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth], true)] }),
      ],
      'x5c[0]',
    ],
    [
      'name constraints',
      async () => two({ extra: [new x509.Extension('2.5.29.30', false, new Uint8Array([0x30, 0]))] }),
      'x5c[1]',
    ],
    [
      'an extension twice',
      async () => [await leaf(anchor, { extra: [new x509.KeyUsagesExtension(flags.digitalSignature, true)] })],
      'x5c[0]',
    ],
    [
      'a certificate of more than 4 kB',
      async () => [await leaf(anchor, { subject: `CN=${'x'.repeat(4000)}` })],
      'x5c[0]',
    ],
    ['no base64', async () => ['%%%'], 'x5c[0]'],
    ['base64url', async () => [(await leafWith(/[+/]/)).text.replaceAll('+', '-').replaceAll('/', '_')], 'x5c[0]'],
    [
      'bytes behind the certificate',
      async () => [
        Buffer.concat([Buffer.from((await leaf(anchor)).text, 'base64'), Buffer.from([0])]).toString('base64'),
      ],
      'x5c[0]',
    ],
    ['no certificate at all', async () => [Buffer.from([0x30, 0x82, 0, 2, 5, 0]).toString('base64')], 'x5c[0]'],
    ['an empty entry', async () => [''], 'x5c[0]'],
  ];

  it.each(cases)('%s', async (_name, chain, at) => {
    expect(await faultOf(verify(await chain()))).toBe(at);
  });

  it.each([
    ['not yet', { from: now + 1 }],
    ['over', { until: now - 1 }],
  ])('a leaf whose time is %s', async (_name, wish) => {
    expect(await faultOf(verify([await leaf(anchor, wish)]))).toBe('x5c.validity');
  });

  it('holds from its first to its last second, and so do those above', async () => {
    const good = await leaf(anchor, { from: now - 10, until: now + 10 });
    for (const at of [now - 10, now + 10]) expect((await verify([good], { now: at })).sanUris).toHaveLength(1);
    for (const at of [now - 11, now + 11]) expect(await faultOf(verify([good], { now: at }))).toBe('x5c.validity');
    expect(await faultOf(verify(await two({ until: now - 1 })))).toBe('x5c.validity');
    const young = await root({ from: now + 1 });
    expect(await faultOf(verify([await leaf(young)], {}, [young]))).toBe('x5c.validity');
  });

  it('an anchor that is no authority, may not certify, or allows no intermediate', async () => {
    for (const [wish, chainOf] of [
      [{ ca: false }, leaf],
      [{ usages: flags.digitalSignature }, leaf],
      [{ pathLength: 0 }, async (issuer: Issued) => leaf(await intermediate(issuer))],
    ] as const) {
      const bad = await root(wish);
      const end = await chainOf(bad);
      const chain =
        'pathLength' in wish
          ? await (async () => {
              const one = await intermediate(bad);
              return [await leaf(one), one];
            })()
          : [end];
      expect(await faultOf(verify(chain, {}, [bad]))).toBe('x5c.anchor');
    }
  });

  it('no anchor at all', async () => {
    expect(await faultOf(verify([await leaf(anchor)], {}, []))).toBe('x5c.anchor');
  });

  async function two(wish: Wish): Promise<readonly Issued[]> {
    const one = await intermediate(anchor, wish);
    return [await leaf(one), one];
  }

  async function leafWith(pattern: RegExp): Promise<Issued> {
    for (;;) {
      const made = await leaf(anchor);
      if (pattern.test(made.text)) return made;
    }
  }
});

describe('relying parties', () => {
  const party = async (wish: Wish) =>
    relyingPartyOf(await verify([await leaf(anchor, { uris: [], ...wish })], { purpose: 'relying-party' }));

  it('are shown by trade name and known by their subject', async () => {
    expect(await party({ subject: 'CN=desk.example, O=West Lake Hotel, C=CN', dns: ['desk.example'] })).toEqual({
      name: 'West Lake Hotel',
      country: 'CN',
      host: 'desk.example',
      id: 'CN=desk.example, O=West Lake Hotel, C=CN',
    });
    expect(await party({ subject: 'CN=Tea House', uris: ['https://tea.example:8443/x'] })).toEqual({
      name: 'Tea House',
      country: undefined,
      host: 'tea.example',
      id: 'CN=Tea House',
    });
  });

  it('a name that is missing or hides something is chain_invalid', async () => {
    expect(await faultOf(party({ subject: 'C=CN', dns: ['desk.example'] }))).toBe('x5c[0].subject');
    const honest = await verify([await leaf(anchor, { subject: 'O=Bank', dns: ['desk.example'] })], {
      purpose: 'relying-party',
    });
    for (const organization of ['Bank\u202eknaB', 'Bank\u200b', 'Bank\u0007', 'Ba\u2028nk', 'Ba\u2029nk', ' ']) {
      expect(() => relyingPartyOf({ ...honest, subject: { ...honest.subject, organization } })).toThrow(
        'chain_invalid',
      );
    }
    expect(relyingPartyOf(honest).name).toBe('Bank');
    expect(await faultOf(party({ subject: 'O=Bank', uris: ['urn:x'] }))).toBe('x5c[0].subjectAltName');
    expect(await faultOf(party({ subject: 'O=Bank' }))).toBe('x5c[0].subjectAltName');
    expect(await faultOf(party({ subject: 'O=Bank', uris: ['nonsense'] }))).toBe('x5c[0].subjectAltName');
  });
});
