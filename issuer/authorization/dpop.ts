import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type UnverifiedJwt, verifyJwt } from '../../shared/jwt/index.ts';
import { type Crypto, type PublicJwk, parsePublicJwk, thumbprint } from '../../shared/keys/index.ts';
import type { Nonces } from './nonces.ts';
import type { Use } from './store.ts';

export const dpopAlgs = ['ES256', 'EdDSA', 'Ed25519'] as const;
const maxAge = 300;

/** A request was signed by the holder of this key. `use` is to be taken once, in the transaction of what it pays for. */
export interface VerifiedDpop {
  /** RFC 7638 thumbprint of the key. */
  readonly jkt: string;
  readonly use: Use;
}

export interface DpopVerifier {
  verify(proof: string | undefined, expected: DpopExpectation): Promise<VerifiedDpop>;
}

export interface DpopExpectation {
  readonly htm: string;
  /** Our own public address of the endpoint, whatever Host said. */
  readonly htu: string;
  /** The access token that goes along, at a resource. */
  readonly accessToken?: string;
}

/**
 * RFC 9449 4.3, numbered as there. Refused: `dpop_invalid`, or `dpop_nonce` when only a nonce of ours is missing.
 * The library's own helper is not used: it reads the proof with a lax parser and takes any `iat` beside a nonce.
 */
export function createDpopVerifier(options: {
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly nonces: Nonces;
}): DpopVerifier {
  const { crypto, clock, nonces } = options;

  return {
    async verify(proof, expected) {
      // 1. Exactly one header; a second one reads as none.
      if (proof === undefined) throw invalid('header');
      // 2, 4, 5, 6, 7, 11. A JWT with its typ, an allowed algorithm, signed by the public key it carries, and fresh.
      const now = clock.now();
      let key: PublicJwk | undefined;
      const jwt = await refusing(() =>
        verifyJwt(proof, {
          crypto,
          key: (unverified) => {
            key = keyOf(unverified);
            return key;
          },
          expectedTyp: 'dpop+jwt',
          algs: dpopAlgs,
          now,
          exp: 'optional',
          maxAge,
          maxBytes: 4_096,
          at: 'dpop',
        }),
      );
      if (key === undefined) throw invalid('jwk');
      const { payload } = jwt;
      // 3. jti, htm, htu; 8. the method; 9. the address without query and fragment.
      const jti = payload.jti;
      if (typeof jti !== 'string' || jti.length === 0 || jti.length > 256) throw invalid('jti');
      if (payload.htm !== expected.htm) throw invalid('htm');
      if (!isSameAddress(payload.htu, expected.htu)) throw invalid('htu');
      // 12. The token that goes along (7.1).
      if (expected.accessToken !== undefined && payload.ath !== crypto.sha256Base64url(expected.accessToken)) {
        throw invalid('ath');
      }
      // 10. A nonce of ours, which bounds how long a proof made in advance is good (8, 9).
      checkNonce(payload, nonces);
      const jkt = thumbprint(key, crypto);
      return {
        jkt,
        // Kept by jti and key, never by the text of the proof, which has a second valid spelling (NC-013).
        use: { useHash: crypto.sha256Base64url(`dpop|${jkt}|${jti}`), expiresAt: now + 2 * maxAge },
      };
    },
  };
}

function keyOf(jwt: UnverifiedJwt): PublicJwk {
  if (jwt.header.kid !== undefined || jwt.header.x5c !== undefined) throw invalid('header');
  return parsePublicJwk(jwt.header.jwk, 'dpop.jwk');
}

function checkNonce(payload: JsonObject, nonces: Nonces): void {
  if (typeof payload.nonce !== 'string' || nonces.expiryOf(payload.nonce) === undefined) {
    throw new HufuError('dpop_nonce', { at: 'dpop.nonce' });
  }
}

/** Compared after the normalisation of the URL parser; query and fragment do not count (4.3). */
function isSameAddress(htu: unknown, expected: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const [given, own] = [new URL(htu), new URL(expected)];
  return (
    given.origin === own.origin && given.pathname === own.pathname && given.username === '' && given.password === ''
  );
}

async function refusing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw cause instanceof HufuError ? new HufuError('dpop_invalid', { at: cause.at ?? 'dpop', cause }) : cause;
  }
}

function invalid(at: string): HufuError {
  return new HufuError('dpop_invalid', { at: `dpop.${at}` });
}
