import { codeOf } from '../../shared/errors.ts';
import type { Entry } from '../vault/index.ts';
import { type Card, type CardStatus, cardKind, copyKind, listCards } from './cards.ts';
import type { WalletPorts } from './ports.ts';

const order: readonly CardStatus['state'][] = ['valid', 'unknown', 'suspended', 'revoked'];

/**
 * Looks at the status of every card, all copies, and keeps what was found with its time. A list that cannot be had
 * changes nothing: the card goes on showing its last known state and how old that is. The list is fetched whole, so
 * the issuer does not learn which entry was of interest.
 */
export async function refreshStatuses(
  ports: Pick<WalletPorts, 'vault' | 'clock' | 'status'>,
  options: { readonly maxAge: number },
): Promise<readonly Entry<Card>[]> {
  const { records } = ports.vault;
  const cards = await listCards(records);
  const copies = await records.list(copyKind);
  const changed: Entry<Card>[] = [];
  for (const { id, value } of cards) {
    const references = copies.flatMap(({ value: copy }) => (copy.cardId === id && copy.status ? [copy.status] : []));
    const status = await worstOf(references, value, options.maxAge, ports);
    if (status !== undefined && (status.state !== value.status.state || status.checkedAt !== value.status.checkedAt)) {
      changed.push({ id, value: { ...value, status } });
    }
  }
  if (changed.length > 0) {
    await records.change((draft) => {
      for (const { id, value } of changed) draft.put(cardKind, id, value);
    });
  }
  return cards.map((card) => changed.find(({ id }) => id === card.id) ?? card);
}

async function worstOf(
  references: readonly { readonly uri: string; readonly idx: number }[],
  card: Card,
  maxAge: number,
  ports: Pick<WalletPorts, 'status' | 'clock'>,
): Promise<CardStatus | undefined> {
  // A withdrawal is final; nothing is asked about it again.
  if (references.length === 0 || card.status.state === 'revoked') return undefined;
  let worst: CardStatus | undefined;
  for (const reference of references) {
    try {
      const { status, checkedAt } = await ports.status.check(reference, card.issuer, { maxAge });
      if (worst === undefined || order.indexOf(status) > order.indexOf(worst.state))
        worst = { state: status, checkedAt };
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
      return undefined;
    }
  }
  return worst;
}
