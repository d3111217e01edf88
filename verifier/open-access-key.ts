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

/** The relying party's key and certificate: from the files named, else (demo only) from the development root. */
export async function openAccessKey(config: VerifierConfig, place: VerifierPlace, crypto: Crypto): Promise<AccessKey> {
  const { access } = place;
  if (access === undefined) {
    const party = { baseUrl: config.baseUrl, name: config.organisation };
    const made = await ensureDevelopmentRelyingParty(place.caDir, party);
    return accessKey(made.privateKeyPem, made.x5c, crypto);
  }
  const key = findSecretFile(access.keyFile);
  const chain = pemBodies(readFileSync(access.chainFile, 'utf8'));
  if (key === undefined || chain.length === 0) throw new ConfigError(['ACCESS_KEY_FILE: not valid']);
  if (config.mode === 'production' && chain.some(isDevelopmentCertificate)) {
    throw new ConfigError(['ACCESS_CHAIN_FILE: development certificate']);
  }
  return accessKey(new TextDecoder().decode(key), chain, crypto);
}

function accessKey(privateKeyPem: string, x5c: readonly string[], crypto: Crypto): AccessKey {
  const chain = x5c.map((entry) => decodeBase64(entry, 'x5c'));
  const [leaf] = chain;
  if (leaf === undefined) throw new ConfigError(['ACCESS_CHAIN_FILE: not valid']);
  return { signer: nodeSigner(privateKeyPem), chain, clientId: `x509_hash:${x509Hash(leaf, crypto)}` };
}

function pemBodies(text: string): string[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body = '']) => body.replaceAll(/\s/g, ''));
}
