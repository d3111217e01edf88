import type { Path } from '../../shared/dcql/index.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import type { Place } from '../../shared/sd-jwt/index.ts';
import type { StatusReference } from '../../shared/status-list/index.ts';
import type { CardFormat } from './cards.ts';
import type { WalletPorts } from './ports.ts';

/** What a credential must be to be taken: from whom, of which kind. */
export interface ExpectedCredential {
  /** Credential Issuer Identifier of the offer. */
  readonly issuer: string;
  readonly types: readonly string[];
}

/** A credential that was verified as issued: signature, issuer, type, times. Whose key it is for is still to be judged. */
export interface ReceivedCredential {
  /** RFC 7638 thumbprint of the holder key it is bound to. */
  readonly holderThumbprint: string;
  /** As queries see it. */
  readonly claims: JsonObject;
  readonly authorityKeyIds: readonly string[];
  readonly expiresAt: number | undefined;
  readonly status: StatusReference | undefined;
  /** Where disclosures put their claims; undefined in formats without disclosures and type metadata. */
  readonly disclosedPaths: readonly Place[] | undefined;
}

/** For whom a presentation is made. */
export interface Audience {
  readonly aud: string;
  readonly nonce: string;
}

/** What the wallet does with a credential, format by format. Each is loaded when the first of its kind is met. */
export interface CredentialFormat {
  verifyReceived(credential: string, expected: ExpectedCredential, ports: WalletPorts): Promise<ReceivedCredential>;
  /** A presentation of exactly these paths (of everything, where the format cannot withhold), bound to the audience. */
  present(
    credential: string,
    paths: readonly Path[],
    audience: Audience,
    signer: Signer,
    ports: WalletPorts,
  ): Promise<string>;
}

export async function loadFormat(format: CardFormat): Promise<CredentialFormat> {
  switch (format) {
    case 'dc+sd-jwt':
      return (await import('./format-sd-jwt.ts')).sdJwtFormat;
    case 'jwt_vc_json':
      return (await import('./format-vc-jwt.ts')).vcJwtFormat;
  }
}

/** Whether single claims can be withheld. Where not, the sheet says "everything in it". */
export function isSelective(format: CardFormat): boolean {
  return format === 'dc+sd-jwt';
}
