import { codeOf, HufuError } from '../../shared/errors.ts';
import type { FetchText } from '../../shared/fetch.ts';
import { type CredentialType, checkTypeRules, type Place, resolveType } from '../../shared/sd-jwt/index.ts';
import type { ReceivedCredential } from './formats.ts';
import { originOf } from './link.ts';
import type { WalletPorts } from './ports.ts';

/** An SD-JWT VC as issued: where its disclosures put their claims is known. */
export type TypedCredential = ReceivedCredential & { readonly disclosedPaths: readonly Place[] };

/**
 * What arrived against the metadata of its type (SD-JWT VC 4 to 9), where the `vct` is an address this wallet may
 * speak to; for any other nothing is fetched. The copies are of one type: that was judged before. Refused:
 * `meta_integrity` (not the document that `vct#integrity` means, or none is there), `meta_limit` (too large, a chain too
 * long, a loop), `meta_invalid` (form; a rule of the type broken; a type above it that is missing or elsewhere),
 * `vct_mismatch` (a document about another type). A type without a document and without `vct#integrity` has no rules.
 */
export async function checkTypeMetadata(
  received: readonly TypedCredential[],
  ports: Pick<WalletPorts, 'configuration' | 'crypto' | 'fetchText'>,
): Promise<void> {
  const { vct, 'vct#integrity': integrity } = received[0]?.claims ?? {};
  if (typeof vct !== 'string' || !isOurs(vct, ports)) return;
  if (integrity !== undefined && typeof integrity !== 'string') throw new HufuError('meta_integrity', { at: 'vct' });
  const type = await findType(vct, integrity, ports);
  if (type === undefined) return;
  for (const { claims, disclosedPaths } of received) {
    checkTypeRules(type, { payload: claims, disclosedPaths, complete: true });
  }
}

/** The type with all above it; undefined where nobody says that there is a document, and there is none. */
async function findType(
  vct: string,
  integrity: string | undefined,
  ports: Pick<WalletPorts, 'configuration' | 'crypto' | 'fetchText'>,
): Promise<CredentialType | undefined> {
  let isUndescribed = false;
  const fetchText: FetchText = async (url, options) => {
    if (!isOurs(url, ports)) throw new HufuError('meta_invalid', { at: 'type.extends' });
    try {
      return await ports.fetchText(url, options);
    } catch (cause) {
      if (codeOf(cause) !== 'fetch_status' && codeOf(cause) !== 'fetch_type') throw cause;
      isUndescribed = url === vct && integrity === undefined;
      throw new HufuError(url === vct ? 'meta_integrity' : 'meta_invalid', { at: 'type', cause });
    }
  };
  try {
    return await resolveType(vct, {
      fetchText,
      crypto: ports.crypto,
      ...(integrity === undefined ? {} : { integrity }),
    });
  } catch (error) {
    if (isUndescribed) return undefined;
    throw error;
  }
}

function isOurs(url: string, { configuration }: Pick<WalletPorts, 'configuration'>): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url) && configuration.connectOrigins.includes(originOf(url));
}
