import { HufuError } from '../../shared/errors.ts';
import { lengthPrefixed } from '../vault/index.ts';
import { logIn } from './activity.ts';
import { type Card, cardKind, removeCard } from './cards.ts';
import type { WalletPorts } from './ports.ts';

/** How long a card stays readable in full after a gesture. */
export const viewSeconds = 30;

/** Lets the person read a card in full: a gesture over its id and the time, recorded before anything is shown. */
export async function viewCard(cardId: string, ports: WalletPorts): Promise<Card> {
  const { vault, clock, crypto } = ports;
  return vault.hold(async () => {
    const card = await vault.records.find(cardKind, cardId);
    if (card === undefined) throw new HufuError('nothing_to_show', { at: 'card' });
    const at = clock.now();
    const challenge = crypto.sha256(lengthPrefixed(['hufu viewing 1', cardId, String(at)]));
    const { evidence } = await vault.gesture(challenge);
    await vault.records.change((draft) => logIn(draft, { kind: 'viewed', at, cardId, evidence }, crypto));
    return card;
  });
}

/** Removes a card with its copies and keys, after a gesture; the log keeps that it was there. */
export async function forgetCard(cardId: string, ports: WalletPorts): Promise<void> {
  const { vault, clock, crypto } = ports;
  await vault.hold(async () => {
    const card = await vault.records.find(cardKind, cardId);
    if (card === undefined) return;
    await vault.gesture(crypto.sha256(lengthPrefixed(['hufu removing 1', cardId, String(clock.now())])));
    await removeCard(vault.records, cardId);
    const { type, names } = card;
    await vault.records.change((draft) => logIn(draft, { kind: 'removed', at: clock.now(), type, names }, crypto));
  });
}
