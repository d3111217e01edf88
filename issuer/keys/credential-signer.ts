import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { didWebOf } from '../../shared/did/index.ts';
import { thumbprint } from '../../shared/keys/index.ts';
import { ConfigError } from '../../shared/server/config.ts';
import { ensureDevelopmentIssuer, isDevelopmentCertificate } from '../../shared/server/dev-ca.ts';
import { findSecretFile } from '../../shared/server/key-files.ts';
import { nodeCrypto, nodeSigner } from '../../shared/server/node-crypto.ts';
import type { IssuerConfig, IssuerPlace } from '../config.ts';
import type { CredentialSigner } from '../issuance/index.ts';

/**
 * The key that signs credentials, with its certificate: from the files that are named, else (demo only) from the
 * development root. A real one is checked here, so that no credential is signed that nobody would believe: the leaf is
 * for this key, for this issuer's address, valid now, and the anchor does not travel (HAIP 1.0 6.1.1).
 */
export async function openCredentialSigner(
  config: IssuerConfig,
  place: IssuerPlace,
  clock: Clock,
): Promise<CredentialSigner> {
  if (place.credential === undefined) {
    const made = await ensureDevelopmentIssuer(join(place.dataDir, '..', 'ca'), config.baseUrl, { clock });
    return signerOf(config.baseUrl, made.privateKeyPem, made.x5c, made.notAfter);
  }
  const key = findSecretFile(place.credential.keyFile);
  if (key === undefined) throw new ConfigError(['ISSUER_KEY_FILE: not valid']);
  const privateKeyPem = new TextDecoder().decode(key);
  const x5c = pemBodies(readFileSync(place.credential.chainFile, 'utf8'));
  const fault = chainFault(x5c, privateKeyPem, config, clock.now());
  if (fault !== undefined) throw new ConfigError([`ISSUER_CHAIN_FILE: ${fault}`]);
  const leaf = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'));
  return signerOf(config.baseUrl, privateKeyPem, x5c, seconds(leaf.validToDate));
}

function signerOf(baseUrl: string, privateKeyPem: string, x5c: readonly string[], notAfter: number): CredentialSigner {
  const signer = nodeSigner(privateKeyPem);
  const did = didWebOf(baseUrl);
  return { signer, x5c, did, kid: `${did}#${thumbprint(signer.publicJwk, nodeCrypto())}`, notAfter };
}

function chainFault(
  x5c: readonly string[],
  privateKeyPem: string,
  config: IssuerConfig,
  now: number,
): string | undefined {
  const chain = x5c.map((entry) => new X509Certificate(Buffer.from(entry, 'base64')));
  const [leaf] = chain;
  if (leaf === undefined) return 'no certificate';
  const { alg, publicJwk } = nodeSigner(privateKeyPem);
  if (alg !== 'ES256') return 'not for ES256';
  const { x, y } = publicJwk;
  const own = leaf.publicKey.export({ format: 'jwk' });
  if (own.x !== x || own.y !== y) return 'not for this key';
  if (!(leaf.subjectAltName ?? '').split(', ').includes(`URI:${config.baseUrl}`)) return 'not for this address';
  if (seconds(leaf.validFromDate) > now || seconds(leaf.validToDate) <= now) return 'not valid now';
  if (chain.some((certificate) => certificate.subject === certificate.issuer)) return 'contains its anchor';
  if (config.mode === 'production' && x5c.some(isDevelopmentCertificate)) return 'development certificate';
  return undefined;
}

function pemBodies(text: string): string[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body = '']) => body.replaceAll(/\s/g, ''));
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
