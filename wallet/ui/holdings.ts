import { effect, signal } from '@preact/signals';
import { systemClock } from '../../shared/clock.ts';
import { type Activity, listActivity } from '../core/activity.ts';
import { type Card, listCards } from '../core/cards.ts';
import type { Entry } from '../vault/index.ts';
import { session, thePorts, theVault } from './session.ts';

/** What the open wallet holds, for showing. Emptied when it is locked. `undefined` until it was read. */
export const cards = signal<readonly Entry<Card>[] | undefined>(undefined);
export const activities = signal<readonly Entry<Activity>[]>([]);
/** Set where the vault was opened but does not hold together: nothing of it is shown. */
export const damaged = signal(false);
/** Where the last look at the status lists stands; a status older than `wantedSince` then had no answer. */
export const statusLooked = signal<'never' | 'looking' | 'done'>('never');
/** Epoch seconds. */
export const wantedSince = signal(0);

export async function refreshHoldings(): Promise<void> {
  try {
    const { records } = theVault();
    const [held, log] = await Promise.all([listCards(records), listActivity(records)]);
    cards.value = held;
    activities.value = log;
  } catch (error) {
    if (session.peek() === 'open') damaged.value = true;
    else throw error;
  }
}

/** Asks the status lists again, if they were not asked within `maxAge` seconds. */
export async function lookAtStatuses(maxAge: number): Promise<void> {
  statusLooked.value = 'looking';
  wantedSince.value = systemClock.now() - maxAge;
  try {
    const { refreshStatuses } = await import('../core/card-status.ts');
    const held = await refreshStatuses(await thePorts(), { maxAge });
    if (session.peek() === 'open') cards.value = held;
  } finally {
    statusLooked.value = 'done';
  }
}

/** Once an open wallet: read it, finish what was left unfinished, look at the statuses. */
export function followSession(): void {
  effect(() => {
    if (session.value === 'open') void opened();
    else {
      cards.value = undefined;
      activities.value = [];
      damaged.value = false;
    }
  });
}

async function opened(): Promise<void> {
  await refreshHoldings();
  if (damaged.peek()) return;
  const ports = await thePorts();
  const [{ sweepPending }, { sendNotifications }] = await Promise.all([
    import('../core/pending.ts'),
    import('../core/keep.ts'),
  ]);
  try {
    await sendNotifications(ports);
    await sweepPending(ports);
    if ((cards.peek() ?? []).length > 0) await lookAtStatuses(60);
  } catch {
    // Locked meanwhile, or offline: all of this is done again at the next unlocking.
  }
}
