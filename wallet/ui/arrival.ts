import { signal } from '@preact/signals';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { startReceive } from './receive-flow.ts';
import { go } from './router.ts';
import { configuration } from './session.ts';
import { startShow } from './show-flow.ts';

/** How a link came: one's own camera and hand, or a page that opened the wallet. */
export type Entry = 'scan' | 'paste' | 'file' | 'link';

interface Arrival {
  readonly text: string;
  readonly entry: Entry;
}

/** A link that waits until the wallet is open. In memory only. */
export const waiting = signal<Arrival | undefined>(undefined);

/** Reads what somebody gave the wallet and begins what it asks for. `link_invalid` and `offer_invalid` as `readLink`. */
export async function takeLink(arrival: Arrival): Promise<void> {
  const { readLink } = await import('../core/link.ts');
  const { value } = configuration;
  if (value === undefined) throw new HufuError('offline');
  const link = readLink(arrival.text, { configuration: value, origin: location.origin });
  const replace = arrival.entry === 'link';
  if (link.kind === 'offer') {
    startReceive(link);
    go({ screen: 'receive' }, { replace });
  } else {
    startShow(link, arrival.entry);
    go({ screen: 'present' }, { replace });
  }
}

/** Whether a scanned or read text is worth following: a code for something else is passed over silently. */
export async function isWalletLink(text: string): Promise<boolean> {
  const { readLink } = await import('../core/link.ts');
  const { value } = configuration;
  if (value === undefined) return false;
  try {
    readLink(text, { configuration: value, origin: location.origin });
    return true;
  } catch (error) {
    if (codeOf(error) === 'internal') throw error;
    return false;
  }
}
