import { encodeBase64, encodeUtf8 } from '../../shared/encoding/index.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { languages } from '../../shared/look/index.ts';
import type { CredentialType } from './credential-type.ts';

/** Type metadata of a credential type (SD-JWT VC 4.6) as the very bytes that are served and hashed. */
export interface TypeDocument {
  readonly vct: string;
  readonly bytes: Uint8Array;
  /** Subresource Integrity string over the bytes: `sha256-...`, standard base64. */
  readonly integrity: string;
}

export function createTypeDocument(type: CredentialType, vct: string, hasher: Hasher): TypeDocument {
  const document = {
    vct,
    name: type.title.en,
    description: type.description.en,
    display: languages.map((locale) => ({
      locale,
      name: type.title[locale],
      description: type.description[locale],
      rendering: { simple: { background_color: type.colors.background, text_color: type.colors.text } },
    })),
    claims: type.claims.map((claim) => ({
      path: claim.path,
      display: languages.map((locale) => ({ locale, label: claim.label[locale] })),
      mandatory: claim.mandatory,
      sd: claim.sd,
    })),
  };
  const bytes = encodeUtf8(JSON.stringify(document));
  return { vct, bytes, integrity: `sha256-${encodeBase64(hasher.sha256(bytes))}` };
}
