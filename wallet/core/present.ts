import { matchQuery, type QueryMatch } from '../../shared/dcql/index.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type RequestLink, type VerifiedRequest, verifyRequestObject } from '../../shared/oid4vp/index.ts';
import type { RelyingParty } from '../../shared/trust/index.ts';
import type { Entry } from '../vault/index.ts';
import { isFirstTime } from './activity.ts';
import { asHeld, type Card, listCards } from './cards.ts';
import { originOf } from './link.ts';
import type { WalletPorts } from './ports.ts';

/** A request that was verified, next to what this wallet could answer. Until the person agrees nothing goes back. */
export interface OpenedRequest {
  readonly request: VerifiedRequest;
  /** The request object as received: the gesture is made over exactly these characters. */
  readonly requestObject: string;
  readonly party: RelyingParty;
  readonly firstTime: boolean;
  readonly match: QueryMatch;
  readonly cards: readonly Entry<Card>[];
  /** Two digits to tell the asker, where they want to know which of the people in front of them is answering. */
  readonly matchNumber: string | undefined;
}

/**
 * Fetches and judges a request (OpenID4VP 1.0 5.10), then looks what there is to answer it with. Refused:
 * `verifier_untrusted` (a place that is not configured: nothing is fetched from it), what `verifyRequestObject` refuses.
 */
export async function openRequest(link: RequestLink, ports: WalletPorts): Promise<OpenedRequest> {
  const { configuration, crypto, clock, vault } = ports;
  // 1. A place we may speak to, before anything is sent to it
  if (!configuration.connectOrigins.includes(originOf(link.requestUri))) {
    throw new HufuError('verifier_untrusted', { at: 'host' });
  }
  // 2. A request made for this call, where the asker takes part (5.10)
  const walletNonce = link.method === 'post' ? encodeBase64url(crypto.randomBytes(16)) : undefined;
  const requestObject = await fetchRequest(link, walletNonce, ports);
  // 3. Signed by a party that an anchor vouches for
  const request = await verifyRequestObject(requestObject, {
    crypto,
    now: clock.now(),
    link,
    walletNonce,
    anchors: configuration.relyingPartyAnchors,
    policy: { allowHttpOrigins: configuration.httpOrigins },
  });
  if (!configuration.connectOrigins.includes(originOf(request.responseUri))) {
    throw new HufuError('verifier_untrusted', { at: 'response_uri' });
  }
  const { party } = request;
  const cards = await listCards(vault.records);
  return {
    request,
    requestObject,
    party,
    firstTime: await isFirstTime(vault.records, party.id),
    match: matchQuery(request.query, cards.map(asHeld)),
    cards,
    matchNumber: request.scene?.match_number === true ? drawMatchNumber(ports) : undefined,
  };
}

async function fetchRequest(link: RequestLink, walletNonce: string | undefined, ports: WalletPorts): Promise<string> {
  const common = {
    accept: 'application/oauth-authz-req+jwt',
    expectedTypes: ['application/oauth-authz-req+jwt'],
    timeoutMs: 8_000,
  };
  if (walletNonce === undefined) return (await ports.fetchText(link.requestUri, common)).text;
  const answer = await ports.fetchText(link.requestUri, {
    ...common,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ wallet_nonce: walletNonce }).toString(),
  });
  return answer.text;
}

/** 00 to 99, each as likely as any other. */
function drawMatchNumber(ports: WalletPorts): string {
  for (;;) {
    const byte = ports.crypto.randomBytes(1)[0] ?? 255;
    if (byte < 200) return String(byte % 100).padStart(2, '0');
  }
}
