import * as z from 'zod/mini';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { type Draft, type Entry, gestureEvidence, type Records } from '../vault/index.ts';

const path = z.array(z.union([z.string(), z.int(), z.null()]));
const names = z.array(z.object({ locale: z.optional(z.string()), name: z.string() }));
const bilingual = z.object({ 'zh-Hans': z.string(), en: z.string() });

/** Who asked, as their certificate says. `id` is its subject: the same party after a renewal. */
const party = z.object({ id: z.string(), name: z.string(), host: z.string() });

/** What was shown of one card: which claims, and how long the asker said each is kept. Never the values. */
const shownCard = z.object({
  cardId: z.string(),
  type: z.string(),
  names,
  /** With their names as the card had them: the card may be gone when this is read. */
  claims: z.array(z.object({ path, names, retention: z.optional(z.string()) })),
  whole: z.boolean(),
});

/**
 * The holder's own log. A showing is written before anything is sent, as `sending`; then it becomes `sent`, `refused`
 * (the asker's service did not take it) or `uncertain` (nobody knows whether it arrived).
 */
const shown = z.object({
  kind: z.literal('shown'),
  at: z.int(),
  state: z.enum(['sending', 'sent', 'refused', 'uncertain']),
  party,
  scene: z.optional(z.object({ purpose: bilingual, legalBasis: z.optional(bilingual), retention: z.string() })),
  cards: z.array(shownCard),
  /** The request as its asker signed it, the claims as chosen, and the gesture over both: `verifyShown` checks it again. */
  requestObject: z.string(),
  requestHash: z.string(),
  chosen: z.string(),
  evidence: gestureEvidence,
  answeredAt: z.optional(z.int()),
});

const received = z.object({
  kind: z.literal('received'),
  at: z.int(),
  issuer: z.string(),
  cards: z.array(z.object({ cardId: z.string(), type: z.string(), names, copies: z.int() })),
});

/** Something was offered and not taken: by the wallet (`code` says why) or by the person. */
const notReceived = z.object({
  kind: z.literal('not-received'),
  at: z.int(),
  host: z.string(),
  code: z.optional(z.string()),
});

const declined = z.object({ kind: z.literal('declined'), at: z.int(), party, told: z.boolean() });

const viewed = z.object({ kind: z.literal('viewed'), at: z.int(), cardId: z.string(), evidence: gestureEvidence });

const removed = z.object({ kind: z.literal('removed'), at: z.int(), type: z.string(), names });

export const activity = z.discriminatedUnion('kind', [shown, received, notReceived, declined, viewed, removed]);
export type Activity = z.output<typeof activity>;
export type Shown = z.output<typeof shown>;
export type ShownCard = z.output<typeof shownCard>;
export const activityKind = { store: 'activity', schema: activity };

/** Newest first. */
export async function listActivity(records: Records): Promise<readonly Entry<Activity>[]> {
  const entries = await records.list(activityKind);
  return [...entries].sort((a, b) => b.value.at - a.value.at || b.version - a.version);
}

export function newId(crypto: Crypto): string {
  return encodeBase64url(crypto.randomBytes(16));
}

/** Adds an entry to a change, so that act and log are written together or not at all. */
export function logIn(draft: Draft, entry: Activity, crypto: Crypto): string {
  const id = newId(crypto);
  draft.put(activityKind, id, entry);
  return id;
}

/** Whether something was shown to this party before. */
export async function isFirstTime(records: Records, partyId: string): Promise<boolean> {
  const entries = await records.list(activityKind);
  return !entries.some(
    ({ value }) => value.kind === 'shown' && value.party.id === partyId && value.state !== 'refused',
  );
}
