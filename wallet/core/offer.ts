import { parseJson } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import {
  type CredentialConfiguration,
  type CredentialOffer,
  checkAuthorizationServerMetadata,
  checkIssuerMetadata,
  insertWellKnown,
  parseOffer,
  preAuthorizedGrantType,
} from '../../shared/oid4vci/index.ts';
import type { TrustedIssuer } from '../../shared/trust/index.ts';
import type { CardFormat, ClaimLabel } from './cards.ts';
import type { IssuerEndpoints } from './issuer-client.ts';
import { originOf, type WalletLink } from './link.ts';
import type { Localized } from './plain-text.ts';
import type { WalletPorts } from './ports.ts';

/** One kind of credential an offer is for. */
export interface OfferedCredential {
  readonly configurationId: string;
  readonly format: CardFormat;
  /** The vct, or the most particular W3C type. */
  readonly type: string;
  /** All W3C types; for SD-JWT VC the vct alone. */
  readonly types: readonly string[];
  readonly binding: 'jwk' | 'did:jwk';
  readonly names: Localized;
  readonly labels: readonly ClaimLabel[];
}

export interface TxCodeShape {
  readonly mode: 'numeric' | 'text';
  readonly length: number | undefined;
  readonly description: string | undefined;
}

/** An offer whose issuer is known and whose metadata was read: what a person is asked about before anything is got. */
export interface OpenedOffer {
  readonly issuer: TrustedIssuer;
  readonly offer: CredentialOffer;
  readonly code: string;
  /** `undefined` where no transaction code is wanted. */
  readonly txCode: TxCodeShape | undefined;
  readonly credentials: readonly OfferedCredential[];
  readonly endpoints: IssuerEndpoints;
  readonly batchSize: number;
}

/** As many copies as let somebody show the card for a while without two showings looking alike. */
const wantedCopies = 10;
const formats: readonly CardFormat[] = ['dc+sd-jwt', 'jwt_vc_json'];

/**
 * Fetches an offer and the metadata of its issuer; only after the person said to go on (OpenID4VCI 1.0 4.1, 13.1).
 * Refused: `offer_untrusted` (a place or an issuer that is not configured: nothing is fetched from it), `offer_invalid`
 * (another issuer than the host that was shown; no pre-authorised code), `metadata_invalid`, `unknown_configuration`,
 * `issuer_not_authorised` (a type the issuer may not issue), `encryption_parameters` (only encrypted answers).
 */
export async function openOffer(
  link: WalletLink & { readonly kind: 'offer' },
  ports: WalletPorts,
): Promise<OpenedOffer> {
  // 1. A place we know, before anything is sent to it
  if (!link.known) throw new HufuError('offer_untrusted', { at: 'host' });
  const offer = link.link.kind === 'value' ? link.link.offer : await fetchOffer(link.link.uri, ports);
  // 2. The issuer is the one whose host was shown, and one we trust
  if (link.link.kind === 'reference' && originOf(offer.credential_issuer) !== originOf(link.link.uri)) {
    throw new HufuError('offer_invalid', { at: 'credential_issuer' });
  }
  const issuer = ports.configuration.issuers.find(({ id }) => id === offer.credential_issuer);
  if (issuer === undefined) throw new HufuError('offer_untrusted', { at: 'credential_issuer' });
  // 3. A grant this wallet has
  const grant = offer.grants?.[preAuthorizedGrantType];
  if (grant === undefined) throw new HufuError('offer_invalid', { at: 'grants' });
  // 4. What the issuer says about itself
  return { issuer, offer, ...(await readMetadata(issuer, offer, ports)), ...grantTerms(grant) };
}

/** An offer that was opened before, read again: for resuming after a crash. */
export function reopenOffer(offer: CredentialOffer, ports: WalletPorts): Promise<OpenedOffer> {
  const host = new URL(offer.credential_issuer).host;
  return openOffer({ kind: 'offer', link: { kind: 'value', offer }, host, known: true }, ports);
}

type PreAuthorizedGrant = NonNullable<NonNullable<CredentialOffer['grants']>[typeof preAuthorizedGrantType]>;

function grantTerms(grant: PreAuthorizedGrant): Pick<OpenedOffer, 'code' | 'txCode'> {
  const { tx_code: asked } = grant;
  return {
    code: grant['pre-authorized_code'],
    txCode:
      asked === undefined
        ? undefined
        : { mode: asked.input_mode ?? 'numeric', length: asked.length, description: asked.description },
  };
}

async function fetchOffer(uri: string, ports: WalletPorts): Promise<CredentialOffer> {
  const answer = await ports.fetchText(uri, { accept: 'application/json', expectedTypes: ['application/json'] });
  return parseOffer(answer.text);
}

async function readMetadata(
  issuer: TrustedIssuer,
  offer: CredentialOffer,
  ports: WalletPorts,
): Promise<Pick<OpenedOffer, 'credentials' | 'endpoints' | 'batchSize'>> {
  const metadata = checkIssuerMetadata(await fetchWellKnown(issuer.id, 'openid-credential-issuer', ports), issuer.id);
  const servers = metadata.authorization_servers ?? [issuer.id];
  const server = servers[0];
  if (server === undefined || servers.length > 1)
    throw new HufuError('metadata_invalid', { at: 'authorization_servers' });
  const oauth = checkAuthorizationServerMetadata(
    await fetchWellKnown(server, 'oauth-authorization-server', ports),
    server,
  );
  if (metadata.nonce_endpoint === undefined) throw new HufuError('metadata_invalid', { at: 'nonce_endpoint' });
  if (metadata.credential_response_encryption?.encryption_required === true) {
    throw new HufuError('encryption_parameters', { at: 'credential_response_encryption' });
  }
  const endpoints: IssuerEndpoints = {
    token: oauth.token_endpoint,
    nonce: metadata.nonce_endpoint,
    credential: metadata.credential_endpoint,
    notification: metadata.notification_endpoint,
  };
  for (const endpoint of Object.values(endpoints)) {
    if (endpoint !== undefined && !ports.configuration.connectOrigins.includes(originOf(endpoint))) {
      throw new HufuError('metadata_invalid', { at: 'endpoint' });
    }
  }
  const credentials = offer.credential_configuration_ids.map((id) => {
    const configuration = metadata.credential_configurations_supported[id];
    if (configuration === undefined)
      throw new HufuError('unknown_configuration', { at: 'credential_configuration_ids' });
    return readConfiguration(id, configuration, issuer);
  });
  const batchSize = Math.min(wantedCopies, metadata.batch_credential_issuance?.batch_size ?? 1);
  return { credentials, endpoints, batchSize };
}

async function fetchWellKnown(identifier: string, name: string, ports: WalletPorts): Promise<unknown> {
  if (!ports.configuration.connectOrigins.includes(originOf(identifier))) {
    throw new HufuError('metadata_invalid', { at: 'authorization_servers' });
  }
  const answer = await ports.fetchText(insertWellKnown(identifier, name), {
    accept: 'application/json',
    expectedTypes: ['application/json'],
    maxBytes: 262_144,
  });
  return parseJson(answer.text, { maxBytes: 262_144 });
}

function readConfiguration(
  configurationId: string,
  configuration: CredentialConfiguration,
  issuer: TrustedIssuer,
): OfferedCredential {
  const at = 'credential_configurations_supported';
  const format = formats.find((known) => known === configuration.format);
  if (format === undefined) throw new HufuError('unknown_configuration', { at });
  const types = format === 'dc+sd-jwt' ? [configuration.vct ?? ''] : (configuration.credential_definition?.type ?? []);
  const type = types.at(-1);
  if (type === undefined || !issuer.types.includes(type)) throw new HufuError('issuer_not_authorised', { at });
  const methods = configuration.cryptographic_binding_methods_supported ?? [];
  const binding = format === 'jwt_vc_json' ? 'did:jwk' : 'jwk';
  const algs = configuration.proof_types_supported?.jwt?.proof_signing_alg_values_supported ?? [];
  if (!methods.includes(binding) || !algs.includes('ES256')) throw new HufuError('metadata_invalid', { at });
  const { display = [], claims = [] } = configuration.credential_metadata ?? {};
  return {
    configurationId,
    format,
    type,
    types,
    binding,
    names: display.map(({ locale, name }) => ({ locale, name })),
    labels: claims.map((claim) => ({
      path: claim.path,
      names: (claim.display ?? []).flatMap(({ locale, name }) => (name === undefined ? [] : [{ locale, name }])),
    })),
  };
}
