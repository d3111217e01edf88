import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import {
  type DevelopmentCertificate,
  ensureDevelopmentIssuer,
  ensureDevelopmentRelyingParty,
  ensureDevelopmentRoots,
  isDevelopmentCertificate,
} from '../../../shared/server/dev-ca.ts';
import { relyingPartyOf, verifyChain } from '../../../shared/trust/index.ts';
import { leaf, root } from '../trust/authority.ts';

const day = 86_400;
const now = 1_800_000_000;
const baseUrl = 'http://localhost:4010';
const hotel = { baseUrl: 'http://localhost:4020', name: '西湖宾馆, "West Lake" #1 + Co' };

let dir = '';
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'hufu-ca-')), 'ca');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

const issuerAt = (at: number, url = baseUrl) => ensureDevelopmentIssuer(dir, url, { clock: fixedClock(at) });
const hotelAt = (at: number) => ensureDevelopmentRelyingParty(dir, hotel, { clock: fixedClock(at) });
const publicKey = (pem: string) => createPublicKey(createPrivateKey(pem)).export({ format: 'pem', type: 'spki' });
const certificateOf = ({ x5c }: DevelopmentCertificate) => new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'));

describe('development certificates', () => {
  it('an issuer is known by its URL, under the credential root', async () => {
    const made = await issuerAt(now);
    const leaf = await verifyChain(made.x5c, [made.anchorPem], { now, purpose: 'credential-issuer' });
    expect(leaf.sanUris).toEqual([baseUrl]);
    expect(leaf.subject.country).toBe('CN');
    expect(made.x5c).toHaveLength(1);
    expect(made.notAfter).toBe(now + 365 * day);
    expect(publicKey(made.privateKeyPem)).toBe(certificateOf(made).publicKey.export({ format: 'pem', type: 'spki' }));
    expect((await ensureDevelopmentRoots(dir, { clock: fixedClock(now) })).credential).toBe(made.anchorPem);
  });

  it('a relying party is known by its trade name and host, under the access root', async () => {
    const made = await hotelAt(now);
    const leaf = await verifyChain(made.x5c, [made.anchorPem], { now, purpose: 'relying-party' });
    expect(relyingPartyOf(leaf)).toMatchObject({ name: hotel.name, country: 'CN', host: 'localhost' });
    expect(leaf.sanUris).toEqual([hotel.baseUrl]);
    expect((await ensureDevelopmentRoots(dir, { clock: fixedClock(now) })).access).toBe(made.anchorPem);
    const plain = await ensureDevelopmentRelyingParty(
      dir,
      { baseUrl: 'http://127.0.0.1:4020', name: 'x' },
      { clock: fixedClock(now) },
    );
    expect((await verifyChain(plain.x5c, [plain.anchorPem], { now, purpose: 'relying-party' })).sanDns).toEqual([]);
  });

  it("one root does not vouch for the other's leaves", async () => {
    const [issuer, asker] = [await issuerAt(now), await hotelAt(now)];
    expect(issuer.anchorPem).not.toBe(asker.anchorPem);
    await expect(verifyChain(issuer.x5c, [asker.anchorPem], { now, purpose: 'credential-issuer' })).rejects.toThrow(
      'chain_invalid',
    );
    await expect(verifyChain(asker.x5c, [issuer.anchorPem], { now, purpose: 'relying-party' })).rejects.toThrow(
      'chain_invalid',
    );
  });

  it('are marked, roots and leaves; others are not', async () => {
    const made = await hotelAt(now);
    expect([made.anchorPem, made.x5c[0] ?? ''].map(isDevelopmentCertificate)).toEqual([true, true]);
    const look = await root({ subject: 'CN=development, O=OU\\=development' });
    expect(isDevelopmentCertificate(look.text)).toBe(false);
    const unmarked = await leaf(await root({ subject: 'CN=x, OU=development' }), { subject: 'CN=y' });
    expect(isDevelopmentCertificate(unmarked.text)).toBe(true);
  });

  it('the files are for their owner alone, and keys lie nowhere else', async () => {
    await issuerAt(now);
    await hotelAt(now);
    const files = readdirSync(dir);
    expect(files).toHaveLength(4);
    for (const file of files) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('a file that others may read, or that is broken, is refused as key_file', async () => {
    await issuerAt(now);
    for (const file of readdirSync(dir)) {
      chmodSync(join(dir, file), 0o644);
      await expect(issuerAt(now)).rejects.toThrow('key_file');
      chmodSync(join(dir, file), 0o600);
    }
    expect((await issuerAt(now)).x5c).toHaveLength(1);
    const [file = ''] = readdirSync(dir).filter((name) => name.startsWith('issuer'));
    const text = readFileSync(join(dir, file), 'utf8');
    writeFileSync(join(dir, file), text.slice(0, text.indexOf('-----BEGIN CERTIFICATE')));
    await expect(issuerAt(now)).rejects.toThrow('key_file');
  });
});

describe('from start to start', () => {
  it('everything stays, until thirty days before the end', async () => {
    const first = await issuerAt(now);
    expect(await issuerAt(now + 335 * day)).toEqual(first);
    const second = await issuerAt(now + 335 * day + 1);
    expect(second.x5c).not.toEqual(first.x5c);
    expect(second.notAfter).toBe(now + 700 * day + 1);
    expect(second.anchorPem).toBe(first.anchorPem);
    // What was signed before the renewal is still under a published key.
    expect(second.privateKeyPem).toBe(first.privateKeyPem);
    expect(certificateOf(second).subject).toBe(certificateOf(first).subject);
    expect(await issuerAt(now + 336 * day)).toEqual(second);
  });

  it('another URL, another certificate and key', async () => {
    const [one, two] = [await issuerAt(now), await issuerAt(now, 'http://localhost:5010')];
    expect(two.privateKeyPem).not.toBe(one.privateKeyPem);
    expect(certificateOf(two).subjectAltName).toBe('URI:http://localhost:5010');
    expect(await issuerAt(now)).toEqual(one);
  });

  it('a leaf of a root that is gone is made anew', async () => {
    const one = await issuerAt(now);
    rmSync(join(dir, 'credential-root.pem'));
    const two = await issuerAt(now);
    expect(two.anchorPem).not.toBe(one.anchorPem);
    expect((await verifyChain(two.x5c, [two.anchorPem], { now, purpose: 'credential-issuer' })).sanUris).toEqual([
      baseUrl,
    ]);
  });

  it('starts at once agree on one root and one leaf', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => issuerAt(now)));
    expect(new Set(many.map((made) => JSON.stringify(made))).size).toBe(1);
    expect(readdirSync(dir)).toHaveLength(2);
  });

  it('processes that start at once agree, too', async () => {
    const room = new URL('../../../shared/server/dev-ca.ts', import.meta.url).href;
    const script = `const { ensureDevelopmentIssuer } = await import(${JSON.stringify(room)});
      process.stdout.write(JSON.stringify(await ensureDevelopmentIssuer(${JSON.stringify(dir)}, ${JSON.stringify(baseUrl)})));`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const outputs = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout);
    expect(new Set(outputs).size).toBe(1);
    expect(readdirSync(dir)).toHaveLength(2);
  });
});
