import * as z from 'zod/mini';
import type { HeldCredential, Path } from '../../shared/dcql/index.ts';
import type { Entry, Records } from '../vault/index.ts';
import { sealedHolderKey } from './holder-keys.ts';

export type CardFormat = 'dc+sd-jwt' | 'jwt_vc_json';

const path = z.array(z.union([z.string(), z.int(), z.null()])).check(z.minLength(1));
const names = z.array(z.object({ locale: z.optional(z.string()), name: z.string() }));
const claimLabel = z.object({ path, names });
export type ClaimLabel = z.output<typeof claimLabel>;

/** `unknown`: never looked, or the list could not be had. It is never shown as valid. */
export const cardStatus = z.object({
  state: z.enum(['valid', 'suspended', 'revoked', 'unknown']),
  /** Epoch seconds of the last look that had an answer. */
  checkedAt: z.optional(z.int()),
});
export type CardStatus = z.output<typeof cardStatus>;

const card = z.object({
  configurationId: z.string(),
  /** Credential Issuer Identifier. */
  issuer: z.string(),
  format: z.enum(['dc+sd-jwt', 'jwt_vc_json']),
  type: z.string(),
  types: z.array(z.string()),
  names,
  labels: z.array(claimLabel),
  /** As queries see it: the processed payload, or the `vc` object. */
  claims: z.record(z.string(), z.json()),
  authorityKeyIds: z.array(z.string()),
  receivedAt: z.int(),
  expiresAt: z.optional(z.int()),
  status: cardStatus,
});
export type Card = z.output<typeof card>;
export const cardKind = { store: 'card', schema: card };

/** One copy of a card: its own key, its own status entry, shown once if the supply lasts. */
const copy = z.object({
  cardId: z.string(),
  credential: z.string(),
  key: sealedHolderKey,
  status: z.optional(z.object({ uri: z.string(), idx: z.int() })),
  uses: z.int(),
  lastUsedAt: z.optional(z.int()),
});
export type Copy = z.output<typeof copy>;
export const copyKind = { store: 'copy', schema: copy };

/** Below this many unused copies the person is told: the next showings could be recognised as the same card. */
export const lowSupply = 2;

export async function listCards(records: Records): Promise<readonly Entry<Card>[]> {
  const cards = await records.list(cardKind);
  return [...cards].sort((a, b) => a.value.receivedAt - b.value.receivedAt || (a.id < b.id ? -1 : 1));
}

export async function copiesOf(records: Records, cardId: string): Promise<readonly Entry<Copy>[]> {
  return (await records.list(copyKind)).filter(({ value }) => value.cardId === cardId);
}

/** The copies to show next, each another one: unused first, then the one used least and longest ago. */
export function pickCopies(copies: readonly Entry<Copy>[], count: number): readonly Entry<Copy>[] {
  const byUse = [...copies].sort(
    ({ value: a }, { value: b }) => a.uses - b.uses || (a.lastUsedAt ?? 0) - (b.lastUsedAt ?? 0),
  );
  return byUse.slice(0, count);
}

export function unusedCopies(copies: readonly Entry<Copy>[]): number {
  return copies.filter(({ value }) => value.uses === 0).length;
}

export function asHeld({ id, value }: Entry<Card>): HeldCredential {
  const { format, types, claims, authorityKeyIds } = value;
  return { id, format, types, claims, authorityKeyIds, holderBound: true };
}

/** Removes a card and its copies: the keys are gone with them. */
export async function removeCard(records: Records, cardId: string): Promise<void> {
  const copies = await copiesOf(records, cardId);
  await records.change((draft) => {
    draft.remove(cardKind, cardId);
    for (const { id } of copies) draft.remove(copyKind, id);
  });
}

/** A claim's path seen from the person: W3C credentials have one more step above it. */
export function personPath(path: Path): Path {
  return path[0] === 'credentialSubject' ? path.slice(1) : path;
}

/** Whom a card is about, as far as it says so by number: two cards of one kind about one person are one card. */
export function asPerson({ claims, format }: Card): string | undefined {
  const subject = format === 'dc+sd-jwt' ? claims : claims.credentialSubject;
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) return undefined;
  const { personal_administrative_number: number } = subject;
  return typeof number === 'string' ? number : undefined;
}

/** What a claim of this card is called. */
export function namesOf(card: Pick<Card, 'labels'>, claim: Path): ClaimLabel['names'] {
  const own = JSON.stringify(personPath(claim));
  return card.labels.find((label) => JSON.stringify(personPath(label.path)) === own)?.names ?? [];
}
