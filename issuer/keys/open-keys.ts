import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { fileKeks, type KekProvider } from '../../shared/server/kek.ts';
import { loadOrCreateSecret } from '../../shared/server/key-files.ts';
import type { IssuerConfig, IssuerPlace } from '../config.ts';
import type { CredentialSigner, RequestKey } from '../issuance/index.ts';
import { openCredentialSigner } from './credential-signer.ts';
import { openRequestKey } from './request-key.ts';

export interface IssuerKeys {
  readonly credential: CredentialSigner;
  readonly requestKey: RequestKey;
  readonly keks: KekProvider;
  readonly blindIndexKey: Uint8Array;
  readonly offerKey: Uint8Array;
  readonly nonceKey: Uint8Array;
}

/**
 * Opens the keys in `<dataDir>/keys`, made at the first start; every process of one issuer has the same folder or a copy.
 * Losing `offers.key` ends open offers, losing `nonces.key` ends requests in flight; losing a `kek-*.key` or
 * `blind-index.key` loses the register. Refused: `key_file`, `config_invalid` (what production does not take).
 */
export async function openIssuerKeys(config: IssuerConfig, place: IssuerPlace, clock: Clock): Promise<IssuerKeys> {
  const folder = join(place.dataDir, 'keys');
  const secret = (name: string) => loadOrCreateSecret(join(folder, name), 32);
  return {
    credential: await openCredentialSigner(config, place, clock),
    requestKey: await openRequestKey(join(folder, 'request-encryption.json')),
    keks: fileKeks(folder),
    blindIndexKey: secret('blind-index.key'),
    offerKey: secret('offers.key'),
    nonceKey: secret('nonces.key'),
  };
}
