import type { NotificationEvent } from '../../shared/oid4vci/index.ts';
import type { Draft } from '../vault/index.ts';
import { logIn, newId } from './activity.ts';
import { asPerson, cardKind, copiesOf, copyKind, listCards } from './cards.ts';
import { openDpopKey } from './dpop-key.ts';
import { isPassing, issuerClient } from './issuer-client.ts';
import { type PendingNotification, pendingKind } from './pending.ts';
import type { WalletPorts } from './ports.ts';
import type { Preview } from './receive.ts';

/**
 * Stores what was previewed: cards, copies, log entry and the duty to tell the issuer, in one change; then tells it.
 * The order matters: `credential_accepted` means stored (OpenID4VCI 1.0 11), so it is never sent before, and if it
 * cannot be sent now it is sent at the next opportunity (`sendNotifications`). An older card of the same kind about the
 * same person is replaced. `vault_storage` where there is no room: then nothing was stored and nothing is told.
 */
export async function keepPreview(preview: Preview, ports: WalletPorts): Promise<readonly string[]> {
  const { vault, clock, crypto } = ports;
  return vault.hold(async () => {
    const replaced = await findReplaced(preview, ports);
    const ids = preview.cards.map(() => newId(crypto));
    await vault.records.change((draft) => {
      for (const { cardId, copyIds } of replaced) {
        draft.remove(cardKind, cardId);
        for (const id of copyIds) draft.remove(copyKind, id);
      }
      for (const [index, { card, copies }] of preview.cards.entries()) {
        const cardId = ids[index] ?? newId(crypto);
        draft.put(cardKind, cardId, card);
        for (const copy of copies) draft.put(copyKind, newId(crypto), { ...copy, cardId });
      }
      draft.remove(pendingKind, preview.receiptId);
      queue(draft, preview, 'credential_accepted', ports);
      const cards = preview.cards.map(({ card, copies }, index) => ({
        cardId: ids[index] ?? '',
        type: card.type,
        names: card.names,
        copies: copies.length,
      }));
      logIn(draft, { kind: 'received', at: clock.now(), issuer: preview.issuer.id, cards }, crypto);
    });
    await sendNotifications(ports);
    return ids;
  });
}

/** The person does not want it: nothing is stored, and the issuer is told (`credential_deleted`), so that it can revoke. */
export async function declinePreview(preview: Preview, ports: WalletPorts): Promise<void> {
  const { vault, clock, crypto } = ports;
  await vault.hold(async () => {
    await vault.records.change((draft) => {
      draft.remove(pendingKind, preview.receiptId);
      queue(draft, preview, 'credential_deleted', ports);
      const { host } = new URL(preview.issuer.id);
      logIn(draft, { kind: 'not-received', at: clock.now(), host }, crypto);
    });
    await sendNotifications(ports);
  });
}

function queue(draft: Draft, preview: Preview, event: NotificationEvent, ports: WalletPorts): void {
  for (const acknowledgement of preview.notifications) {
    const value: PendingNotification = {
      kind: 'notification',
      at: ports.clock.now(),
      receiptId: preview.receiptId,
      ...acknowledgement,
      event,
    };
    draft.put(pendingKind, newId(ports.crypto), value);
  }
}

/** Sends what is still to be told; what cannot be sent stays for the next time, what the issuer refuses is dropped. */
export async function sendNotifications(ports: WalletPorts): Promise<void> {
  const { vault } = ports;
  const entries = await vault.records.list(pendingKind);
  for (const { id, value } of entries) {
    if (value.kind !== 'notification') continue;
    try {
      const signer = await openDpopKey(value.receiptId, vault);
      const endpoints = { token: '', nonce: '', credential: '', notification: value.endpoint };
      await issuerClient(endpoints, signer, ports).notify(value.accessToken, value.notificationId, value.event);
    } catch (error) {
      if (isPassing(error)) continue;
    }
    await vault.records.change((draft) => draft.remove(pendingKind, id));
  }
  const left = await vault.records.list(pendingKind);
  const inUse = new Set(left.map(({ id, value }) => (value.kind === 'notification' ? value.receiptId : id)));
  for (const { value } of entries) {
    if (value.kind === 'notification' && !inUse.has(value.receiptId)) await vault.keys.removeKey(value.receiptId);
  }
}

async function findReplaced(preview: Preview, ports: WalletPorts) {
  const { records } = ports.vault;
  const replaced: { readonly cardId: string; readonly copyIds: readonly string[] }[] = [];
  for (const { id, value } of await listCards(records)) {
    const same = preview.cards.some(
      ({ card }) =>
        card.issuer === value.issuer &&
        card.configurationId === value.configurationId &&
        asPerson(card) !== undefined &&
        asPerson(card) === asPerson(value),
    );
    if (same) replaced.push({ cardId: id, copyIds: (await copiesOf(records, id)).map((copy) => copy.id) });
  }
  return replaced;
}
