import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeBase64 } from '../shared/encoding/index.ts';
import type { Crypto } from '../shared/keys/index.ts';
import { ConfigError } from '../shared/server/config.ts';
import { ensureDevelopmentRelyingParty, isDevelopmentCertificate } from '../shared/server/dev-ca.ts';
import { findSecretFile } from '../shared/server/key-files.ts';
import { nodeSigner } from '../shared/server/node-crypto.ts';
import { x509Hash } from '../shared/trust/index.ts';
import type { VerifierConfig, VerifierPlace } from './config.ts';
import type { AccessKey } from './requests/index.ts';

export interface OpenedAccess {
  readonly access: AccessKey;
  /** Trade name, as the certificate has it and wallets show it. */
  readonly organisation: string;
}

/** The relying party's key and certificate: from the files named, else (demo only) from the development root. */
export async function openAccess(config: VerifierConfig, place: VerifierPlace, crypto: Crypto): Promise<OpenedAccess> {
  if (place.access === undefined) {
    const party = { baseUrl: config.baseUrl, name: config.organisation };
    const made = await ensureDevelopmentRelyingParty(place.caDir, party);
    return accessOf(made.privateKeyPem, made.x5c, crypto);
  }
  const key = findSecretFile(place.access.keyFile);
  if (key === undefined) throw new ConfigError(['ACCESS_KEY_FILE: not valid']);
  const chain = pemBodies(readFileSync(place.access.chainFile, 'utf8'));
  if (config.mode === 'production' && chain.some(isDevelopmentCertificate)) {
    throw new ConfigError(['ACCESS_CHAIN_FILE: development certificate']);
  }
  return accessOf(new TextDecoder().decode(key), chain, crypto);
}

function accessOf(privateKeyPem: string, x5c: readonly string[], crypto: Crypto): OpenedAccess {
  const chain = x5c.map((entry) => decodeBase64(entry, 'x5c'));
  const [leaf] = chain;
  if (leaf === undefined) throw new ConfigError(['ACCESS_CHAIN_FILE: not valid']);
  const certificate = new X509Certificate(leaf);
  if (!certificate.checkPrivateKey(createPrivateKey(privateKeyPem))) {
    throw new ConfigError(['ACCESS_KEY_FILE: not the key of ACCESS_CHAIN_FILE']);
  }
  const name = (field: string) => certificate.subject.split('\n').find((line) => line.startsWith(`${field}=`));
  return {
    access: { signer: nodeSigner(privateKeyPem), chain, clientId: `x509_hash:${x509Hash(leaf, crypto)}` },
    organisation: (name('O') ?? name('CN') ?? '=').split('=').slice(1).join('='),
  };
}

function pemBodies(text: string): string[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body = '']) => body.replaceAll(/\s/g, ''));
}
