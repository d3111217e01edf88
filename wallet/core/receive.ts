import { didJwkOf } from '../../shared/did/index.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { type Signer, thumbprint } from '../../shared/keys/index.ts';
import {
  type CredentialResponse,
  createKeyProof,
  type NotificationEvent,
  type TokenResponse,
} from '../../shared/oid4vci/index.ts';
import type { TrustedIssuer } from '../../shared/trust/index.ts';
import { type Gesture, lengthPrefixed } from '../vault/index.ts';
import { logIn, newId } from './activity.ts';
import type { Card, Copy } from './cards.ts';
import { checkReceived } from './check-received.ts';
import { createDpopKey, openDpopKey } from './dpop-key.ts';
import type { ReceivedCredential } from './formats.ts';
import { createHolderKey, openHolderKey, type SealedHolderKey } from './holder-keys.ts';
import { type IssuerClient, isPassing, issuerClient } from './issuer-client.ts';
import type { OfferedCredential, OpenedOffer } from './offer.ts';
import { pendingKind, putPending } from './pending.ts';
import type { WalletPorts } from './ports.ts';

/** What arrived and was found good, in memory only: shown to the person, stored when they say so. */
export interface Preview {
  readonly receiptId: string;
  readonly issuer: TrustedIssuer;
  readonly cards: readonly PreviewCard[];
  readonly notifications: readonly Acknowledgement[];
  readonly client: IssuerClient;
}

export interface PreviewCard {
  readonly card: Card;
  readonly copies: readonly Omit<Copy, 'cardId'>[];
}

/** What the issuer is to be told later, and how. */
export interface Acknowledgement {
  readonly endpoint: string;
  readonly accessToken: string;
  readonly notificationId: string;
}

/**
 * Redeems an offer: one gesture, then token, nonce, credentials, checks. Nothing is stored but the fact that a receipt
 * is under way, sealed and before the code is redeemed, so that the same key can go on after a crash (`receiptId`).
 * Refused: what the issuer refuses, and everything `checkReceived` refuses, which is also told to the issuer
 * (`credential_failure`) and logged.
 */
export async function receiveOffer(
  opened: OpenedOffer,
  answer: { readonly txCode?: string; readonly receiptId?: string },
  ports: WalletPorts,
): Promise<Preview> {
  if (opened.txCode !== undefined && (answer.txCode ?? '') === '') throw new HufuError('tx_code_missing');
  const { vault, clock, crypto } = ports;
  return vault.hold(async () => {
    const challenge = crypto.sha256(lengthPrefixed(['hufu receiving 1', JSON.stringify(opened.offer)]));
    const gesture = await vault.gesture(challenge);
    const receiptId = answer.receiptId ?? newId(crypto);
    const txCode = opened.txCode === undefined ? {} : { txCode: answer.txCode };
    const signer =
      answer.receiptId === undefined ? await createDpopKey(receiptId, vault) : await openDpopKey(receiptId, vault);
    await putPending(vault.records, receiptId, { kind: 'receipt', at: clock.now(), offer: opened.offer, ...txCode });
    try {
      return await redeem(opened, answer.txCode, gesture, receiptId, signer, ports);
    } catch (error) {
      // What may pass, and a mistyped code, can be tried again under the same key; anything else has ended.
      if (!isPassing(error) && !['tx_code_wrong', 'tx_code_missing'].includes(codeOf(error))) {
        await closeReceipt(receiptId, opened, error, ports);
      }
      throw error;
    }
  });
}

async function redeem(
  opened: OpenedOffer,
  txCode: string | undefined,
  gesture: Gesture,
  receiptId: string,
  signer: Signer,
  ports: WalletPorts,
): Promise<Preview> {
  const client = issuerClient(opened.endpoints, signer, ports);
  const token = await client.token({ code: opened.code, txCode: opened.txCode === undefined ? undefined : txCode });
  const cards: PreviewCard[] = [];
  const notifications: Acknowledgement[] = [];
  for (const offered of opened.credentials) {
    const keys = await makeKeys(opened.batchSize, gesture, ports);
    const response = await request(client, token, offered, opened, keys, gesture, ports);
    const { notification_id: notificationId } = response;
    if (notificationId !== undefined && opened.endpoints.notification !== undefined) {
      notifications.push({ endpoint: opened.endpoints.notification, accessToken: token.access_token, notificationId });
    }
    try {
      // Deferred issuance is a later matter; an object is no format we have.
      const credentials = (response.credentials ?? []).map(({ credential }) => credential);
      if (credentials.length === 0 || !credentials.every((text) => typeof text === 'string')) {
        throw new HufuError('credential_unexpected', { at: 'credentials' });
      }
      const thumbprints = keys.map((key) => thumbprint(key.publicJwk, ports.crypto));
      const received = await checkReceived(credentials, offered, { issuer: opened.issuer.id, thumbprints }, ports);
      cards.push(previewCard(offered, opened.issuer.id, credentials, received, keys, ports));
    } catch (error) {
      if (!isPassing(error)) await tellAll(client, notifications, 'credential_failure');
      throw error;
    }
  }
  return { receiptId, issuer: opened.issuer, cards, notifications, client };
}

async function makeKeys(count: number, gesture: Gesture, ports: WalletPorts): Promise<readonly SealedHolderKey[]> {
  return Promise.all(Array.from({ length: count }, () => createHolderKey(gesture, ports.crypto)));
}

async function request(
  client: IssuerClient,
  token: TokenResponse,
  offered: OfferedCredential,
  opened: OpenedOffer,
  keys: readonly SealedHolderKey[],
  gesture: Gesture,
  ports: WalletPorts,
): Promise<CredentialResponse> {
  const granted = token.authorization_details?.find(
    (detail) => detail.credential_configuration_id === offered.configurationId,
  );
  const identifier = granted?.credential_identifiers[0];
  for (let attempt = 0; ; attempt++) {
    const nonce = await client.nonce();
    const proofs = await Promise.all(keys.map((key) => prove(key, nonce, offered, opened.issuer.id, gesture, ports)));
    try {
      return await client.credential(token.access_token, {
        ...(identifier === undefined
          ? { credential_configuration_id: offered.configurationId }
          : { credential_identifier: identifier }),
        proofs: { jwt: proofs },
      });
    } catch (error) {
      // A nonce may have been used up in between: once more with a fresh one (8.3.1.2).
      if (attempt === 0 && codeOf(error) === 'nonce_invalid') continue;
      throw error;
    }
  }
}

async function prove(
  key: SealedHolderKey,
  nonce: string,
  offered: OfferedCredential,
  issuer: string,
  gesture: Gesture,
  ports: WalletPorts,
): Promise<string> {
  const signer = await openHolderKey(key, gesture, ports.crypto);
  const named = offered.binding === 'jwk' ? { jwk: key.publicJwk } : { kid: `${didJwkOf(key.publicJwk)}#0` };
  return createKeyProof({ issuer, nonce, now: ports.clock.now(), key: named }, signer);
}

function previewCard(
  offered: OfferedCredential,
  issuer: string,
  credentials: readonly string[],
  received: readonly ReceivedCredential[],
  keys: readonly SealedHolderKey[],
  ports: WalletPorts,
): PreviewCard {
  const [first] = received;
  if (first === undefined) throw new HufuError('credential_unexpected', { at: 'credentials' });
  const now = ports.clock.now();
  const { configurationId, format, type, types, names, labels } = offered;
  const ends = received.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt]));
  return {
    card: {
      configurationId,
      issuer,
      format,
      type,
      types: [...types],
      names: [...names],
      labels: [...labels],
      claims: first.claims,
      authorityKeyIds: [...first.authorityKeyIds],
      receivedAt: now,
      ...(ends.length === 0 ? {} : { expiresAt: Math.min(...ends) }),
      status: { state: received.every(({ status }) => status !== undefined) ? 'valid' : 'unknown', checkedAt: now },
    },
    copies: received.map(({ holderThumbprint, status }, index) => {
      const key = keys.find(({ publicJwk }) => thumbprint(publicJwk, ports.crypto) === holderThumbprint);
      const credential = credentials[index];
      if (key === undefined || credential === undefined) throw new TypeError('checked before');
      return { credential, key, ...(status === undefined ? {} : { status }), uses: 0 };
    }),
  };
}

async function tellAll(
  client: IssuerClient,
  notifications: readonly Acknowledgement[],
  event: NotificationEvent,
): Promise<void> {
  for (const { accessToken, notificationId } of notifications) {
    await client.notify(accessToken, notificationId, event).catch(() => {});
  }
}

async function closeReceipt(receiptId: string, opened: OpenedOffer, error: unknown, ports: WalletPorts): Promise<void> {
  const { vault, clock, crypto } = ports;
  await vault.records.change((draft) => {
    draft.remove(pendingKind, receiptId);
    const { host } = new URL(opened.issuer.id);
    logIn(draft, { kind: 'not-received', at: clock.now(), host, code: codeOf(error) }, crypto);
  });
  await vault.keys.removeKey(receiptId);
}
