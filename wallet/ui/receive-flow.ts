import { signal } from '@preact/signals';
import { type Code, codeOf } from '../../shared/errors.ts';
import type { WalletLink } from '../core/link.ts';
import type { OpenedOffer } from '../core/offer.ts';
import type { Preview } from '../core/receive.ts';
import { refreshHoldings } from './holdings.ts';
import { thePorts } from './session.ts';

type OfferLink = WalletLink & { readonly kind: 'offer' };

/** Where the receipt of a card stands. One at a time, and in memory: what must survive lies sealed in the vault. */
export type ReceiveStep =
  | { readonly name: 'ask'; readonly link: OfferLink }
  | { readonly name: 'opening' }
  | { readonly name: 'offer'; readonly opened: OpenedOffer; readonly fault?: Code; readonly receiptId?: string }
  | { readonly name: 'redeeming' }
  | { readonly name: 'preview'; readonly preview: Preview; readonly fault?: Code }
  | { readonly name: 'storing' }
  | { readonly name: 'done'; readonly cardIds: readonly string[] }
  | { readonly name: 'declined' }
  | { readonly name: 'failed'; readonly code: Code };

export const receiveStep = signal<ReceiveStep | undefined>(undefined);

export function startReceive(link: OfferLink): void {
  receiveStep.value = { name: 'ask', link };
}

/** After the person said to go on: only now is anybody contacted. */
export async function openLink(link: OfferLink): Promise<void> {
  receiveStep.value = { name: 'opening' };
  try {
    const { openOffer } = await import('../core/offer.ts');
    receiveStep.value = { name: 'offer', opened: await openOffer(link, await thePorts()) };
  } catch (error) {
    receiveStep.value = { name: 'failed', code: codeOf(error) };
  }
}

/** Faults after which the same form may be sent again. */
const again: readonly Code[] = [
  'tx_code_wrong',
  'tx_code_missing',
  'passkey_cancelled',
  'passphrase_wrong',
  'fetch_failed',
  'unavailable',
  'rate_limited',
  'status_unavailable',
];

export async function redeem(opened: OpenedOffer, txCode: string | undefined, receiptId?: string): Promise<void> {
  receiveStep.value = { name: 'redeeming' };
  const ports = await thePorts();
  try {
    const { receiveOffer } = await import('../core/receive.ts');
    const answer = { ...(txCode === undefined ? {} : { txCode }), ...(receiptId === undefined ? {} : { receiptId }) };
    receiveStep.value = { name: 'preview', preview: await receiveOffer(opened, answer, ports) };
  } catch (error) {
    const code = codeOf(error);
    if (!again.includes(code)) {
      receiveStep.value = { name: 'failed', code };
      return;
    }
    // The code may have been redeemed already: go on under the same key.
    const pending = await findReceipt(opened);
    receiveStep.value = {
      name: 'offer',
      opened,
      fault: code,
      ...(pending === undefined ? {} : { receiptId: pending }),
    };
  }
}

async function findReceipt(opened: OpenedOffer): Promise<string | undefined> {
  const { listResumable } = await import('../core/pending.ts');
  const found = (await listResumable(await thePorts())).find(
    ({ value }) => JSON.stringify(value.offer) === JSON.stringify(opened.offer),
  );
  return found?.id;
}

/** Takes up a receipt that a crash or a reload cut off. */
export async function resumeReceipt(id: string): Promise<void> {
  receiveStep.value = { name: 'opening' };
  const ports = await thePorts();
  try {
    const [{ listResumable }, { reopenOffer }] = await Promise.all([
      import('../core/pending.ts'),
      import('../core/offer.ts'),
    ]);
    const found = (await listResumable(ports)).find((entry) => entry.id === id);
    if (found === undefined) {
      receiveStep.value = { name: 'failed', code: 'grant_invalid' };
      return;
    }
    await redeem(await reopenOffer(found.value.offer, ports), found.value.txCode, id);
  } catch (error) {
    receiveStep.value = { name: 'failed', code: codeOf(error) };
  }
}

export async function keep(preview: Preview): Promise<void> {
  receiveStep.value = { name: 'storing' };
  try {
    const { keepPreview } = await import('../core/keep.ts');
    const cardIds = await keepPreview(preview, await thePorts());
    await refreshHoldings();
    receiveStep.value = { name: 'done', cardIds };
  } catch (error) {
    receiveStep.value = { name: 'preview', preview, fault: codeOf(error) };
  }
}

export async function decline(preview: Preview): Promise<void> {
  receiveStep.value = { name: 'storing' };
  try {
    const { declinePreview } = await import('../core/keep.ts');
    await declinePreview(preview, await thePorts());
    await refreshHoldings();
  } finally {
    receiveStep.value = { name: 'declined' };
  }
}
