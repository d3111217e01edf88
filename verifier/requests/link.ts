import * as z from 'zod/mini';
import { decodeUtf8, encodeBase64url, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { codeOf } from '../../shared/errors.ts';
import { generateEncryptionKey } from '../../shared/jwt/index.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { createRequestLink } from '../../shared/oid4vp/index.ts';
import type { RequestDeps } from './deps.ts';
import type { LinkRow } from './link-place.ts';
import { findLink, openSecrets } from './link-store.ts';

const jwk = z.record(z.string(), z.json());

/** What is secret about one link: no two links share any of it. */
const linkSecrets = z.object({ nonce: z.string(), state: z.string(), publicJwk: jwk, privateJwk: jwk });
export type LinkSecrets = z.infer<typeof linkSecrets>;

/** Fresh for each link (OpenID4VP 1.0 5.2: at least 128 bit; here 192), with an encryption key of its own (HAIP 5). */
export async function createSecrets(crypto: Crypto, kid: string): Promise<LinkSecrets> {
  const { publicJwk, privateJwk } = await generateEncryptionKey(kid);
  return { nonce: randomId(crypto, 24), state: randomId(crypto, 24), publicJwk, privateJwk };
}

/**
 * The secrets of a link that was open a moment ago; undefined when somebody has settled it since. Settling forgets
 * them, so that a missing key means either that or a damaged store, and only a second look can tell.
 */
export async function findSecrets(deps: RequestDeps, link: LinkRow): Promise<LinkSecrets | undefined> {
  const recent = deps.recentSecrets.find(link.rid);
  if (recent !== undefined) return recent;
  try {
    const bytes = await openSecrets(deps.db.kysely, deps.envelope, link);
    const secrets = parseShape(linkSecrets, parseJsonObject(decodeUtf8(bytes)), 'secrets');
    deps.recentSecrets.put(link.rid, secrets);
    return secrets;
  } catch (error) {
    const now = codeOf(error) === 'integrity' ? await findLink(deps.db.kysely, link.rid) : undefined;
    if (now !== undefined && now.status !== 'open') return undefined;
    throw error;
  }
}

export function randomId(crypto: Crypto, bytes = 16): string {
  return encodeBase64url(crypto.randomBytes(bytes));
}

/** The addresses of one link: for a QR code, and for a button on the device that holds the wallet. */
export interface LinkAddresses {
  readonly qr: string;
  readonly sameDevice: string;
}

export function linkAddresses(deps: RequestDeps, rid: string): LinkAddresses {
  const link = {
    clientId: deps.access.clientId,
    requestUri: `${deps.baseUrl}/request/${rid}`,
    method: 'post',
  } as const;
  return {
    qr: createRequestLink('openid4vp://', link),
    sameDevice: createRequestLink(deps.walletPresentUrl, link),
  };
}
