import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Provider } from 'oidc-provider/lib/provider.js';
import { parseJsonObject } from '../../shared/encoding/index.ts';
import { type Code, HufuError } from '../../shared/errors.ts';
import { preAuthorizedGrantType, type TokenResponse } from '../../shared/oid4vci/index.ts';
import type { OauthStorage } from './adapter.ts';
import { postForm } from './in-process.ts';

export const accessTokenSeconds = 300;
/** Who asks without a client_id: a public client without redirect addresses, good for this one grant. */
const anonymousClient = 'anonymous';

/** What an access token is good for. */
export interface TokenGrant {
  /** The offer that was redeemed: subject and grant of the token at once. */
  readonly offerId: string;
  readonly jkt: string;
  readonly configurationIds: readonly string[];
  /** authorization_details as answered, where they were asked for (OpenID4VCI 1.0 6.2). */
  readonly details: TokenResponse['authorization_details'];
}

/** Mints a token in whatever transaction the storage is in. */
export type Mint = (grant: TokenGrant) => Promise<string>;

export interface OauthServer {
  /**
   * Runs the pre-authorized code grant inside oidc-provider: the server judges client and grant type, then `redeem`
   * decides and mints. What `redeem` throws is thrown here. Refused by the server: `client_unknown`, `grant_type`,
   * `shape`.
   */
  preAuthorized<T>(form: OauthForm, redeem: (mint: Mint) => Promise<T>): Promise<T>;
}

export interface OauthForm {
  readonly grantType: string;
  readonly clientId: string | undefined;
}

/**
 * oidc-provider with everything switched off but the token endpoint, and that reached only from `preAuthorized`: none
 * of its routes, pages or error texts is on the network. Its clock is not asked for expiry (see adapter.ts).
 */
export function createOauthServer(options: { readonly issuer: string; readonly storage: OauthStorage }): OauthServer {
  const { issuer, storage } = options;
  const off = { enabled: false } as const;
  const provider = new Provider(issuer, {
    adapter: (kind) => storage.adapter(kind),
    clients: [
      {
        client_id: anonymousClient,
        token_endpoint_auth_method: 'none',
        grant_types: [preAuthorizedGrantType],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    clientAuthMethods: ['none'],
    features: {
      devInteractions: off,
      userinfo: off,
      rpInitiatedLogout: off,
      pushedAuthorizationRequests: off,
      resourceIndicators: off,
      registration: off,
      revocation: off,
      introspection: off,
    },
    ttl: { AccessToken: accessTokenSeconds },
    // A client must name an algorithm for ID tokens, and the server a key for it; none is ever issued.
    jwks: { keys: [unusedKey()] },
  });
  provider.silent = true;
  const listener = provider.callback();
  const exchanges = new WeakMap<IncomingMessage, (mint: Mint) => Promise<unknown>>();
  // Its routes know nothing of the path of our base URL: that is judged at our edge.
  const path = provider.pathFor('token', { mountPath: '' });
  const { host } = new URL(issuer);

  provider.registerGrantType(preAuthorizedGrantType, async (ctx) => {
    const redeem = exchanges.get(ctx.req);
    const { client } = ctx.oidc;
    if (redeem === undefined || client === undefined) throw new TypeError('a token request came in past the edge');
    await redeem((grant) => {
      const token = new provider.AccessToken({
        client,
        accountId: grant.offerId,
        grantId: grant.offerId,
        gty: 'pre_authorized_code',
        scope: grant.configurationIds.join(' '),
        ...(grant.details === undefined ? {} : { rar: [...grant.details] }),
      });
      token.setAudience(issuer);
      token.setThumbprint('jkt', grant.jkt);
      return token.save();
    });
    ctx.body = {};
  });

  return {
    async preAuthorized<T>(asked: OauthForm, redeem: (mint: Mint) => Promise<T>): Promise<T> {
      const exchange: { outcome?: Promise<T> } = {};
      const form = { grant_type: asked.grantType, client_id: asked.clientId ?? anonymousClient };
      const answer = await postForm(listener, { path, host, form }, (message) =>
        exchanges.set(message, (mint) => {
          exchange.outcome = redeem(mint);
          return exchange.outcome;
        }),
      );
      // Whatever the server made of a failed redemption, ours is the answer.
      if (exchange.outcome !== undefined) return exchange.outcome;
      throw new HufuError(refusalOf(answer.body), { at: 'oauth' });
    },
  };
}

const refusals: Readonly<Record<string, Code>> = {
  invalid_client: 'client_unknown',
  unsupported_grant_type: 'grant_type',
  invalid_request: 'shape',
};

/** The error word alone is read; descriptions stay where they are. */
function refusalOf(body: string): Code {
  const { error } = parseJsonObject(body);
  return (typeof error === 'string' ? refusals[error] : undefined) ?? 'internal';
}

function unusedKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'unused' };
}
