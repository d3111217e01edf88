import { signal } from '@preact/signals';
import { type Code, codeOf } from '../../shared/errors.ts';
import type { Answered } from '../core/answer.ts';
import type { Decision, Selection } from '../core/consent.ts';
import type { WalletLink } from '../core/link.ts';
import type { OpenedRequest } from '../core/present.ts';
import type { Entry } from './arrival.ts';
import { refreshHoldings } from './holdings.ts';
import { thePorts } from './session.ts';

type RequestWalletLink = WalletLink & { readonly kind: 'request' };

/** Where a showing stands. */
export type ShowStep =
  | { readonly name: 'opening'; readonly host: string }
  | (Sheet & { readonly name: 'sheet'; readonly fault?: Code })
  | (Sheet & { readonly name: 'sending' })
  | { readonly name: 'answered'; readonly opened: OpenedRequest; readonly answered: Answered }
  | { readonly name: 'nothing'; readonly opened: OpenedRequest }
  | { readonly name: 'declined'; readonly opened: OpenedRequest; readonly told: 'no' | 'telling' | 'yes' }
  | { readonly name: 'failed'; readonly code: Code; readonly host: string };

export interface Sheet {
  readonly opened: OpenedRequest;
  readonly decisions: readonly Decision[];
  readonly selection: Selection;
  readonly entry: Entry;
}

export const showStep = signal<ShowStep | undefined>(undefined);

export function startShow(link: RequestWalletLink, entry: Entry): void {
  showStep.value = { name: 'opening', host: link.host };
  void open(link, entry);
}

async function open(link: RequestWalletLink, entry: Entry): Promise<void> {
  try {
    const [{ openRequest }, { decisionsOf, initialSelection }] = await Promise.all([
      import('../core/present.ts'),
      import('../core/consent.ts'),
    ]);
    const ports = await thePorts();
    const opened = await openRequest(link.link, ports);
    const decisions = decisionsOf(opened, ports.clock.now());
    // While the sheet is being read, what answering needs is fetched: between consent and sending there is no waiting.
    void prepare(decisions);
    showStep.value = opened.match.satisfiable
      ? { name: 'sheet', opened, decisions, selection: initialSelection(decisions), entry }
      : { name: 'nothing', opened };
  } catch (error) {
    showStep.value = { name: 'failed', code: codeOf(error), host: link.host };
  }
}

async function prepare(decisions: readonly Decision[]): Promise<void> {
  const [{ loadFormat }] = await Promise.all([import('../core/formats.ts'), import('../core/answer.ts')]);
  const formats = decisions.flatMap(({ choices }) => choices.flat().map(({ card }) => card.value.format));
  await Promise.all([...new Set(formats)].map(loadFormat));
}

export function select(sheet: Sheet, selection: Selection): void {
  showStep.value = { ...sheet, name: 'sheet', selection };
}

/** Faults that leave the sheet where it is. */
const again: readonly Code[] = ['passkey_cancelled', 'passphrase_wrong', 'vault_storage'];

export async function approve(sheet: Sheet): Promise<void> {
  const { opened, decisions, selection, entry } = sheet;
  showStep.value = { name: 'sending', opened, decisions, selection, entry };
  try {
    const { answerRequest } = await import('../core/answer.ts');
    const answered = await answerRequest(opened, decisions, selection, await thePorts());
    showStep.value = { name: 'answered', opened, answered };
    await refreshHoldings().catch(() => {});
  } catch (error) {
    const code = codeOf(error);
    showStep.value = again.includes(code)
      ? { name: 'sheet', opened, decisions, selection, entry, fault: code }
      : { name: 'failed', code, host: opened.party.host };
  }
}

/** Ends it without showing; whether the asker hears of it is a second, separate wish. */
export async function declineShow(opened: OpenedRequest): Promise<void> {
  showStep.value = { name: 'declined', opened, told: 'no' };
}

export async function tellAsker(opened: OpenedRequest): Promise<void> {
  showStep.value = { name: 'declined', opened, told: 'telling' };
  await logDecline(opened, true);
  showStep.value = { name: 'declined', opened, told: 'yes' };
}

/** Leaving a declined request without telling: nothing is sent, and the log says so. */
export async function leaveDeclined(opened: OpenedRequest, told: 'no' | 'telling' | 'yes'): Promise<void> {
  if (told === 'no') await logDecline(opened, false);
}

async function logDecline(opened: OpenedRequest, tell: boolean): Promise<void> {
  try {
    const { declineRequest } = await import('../core/answer.ts');
    await declineRequest(opened, { tell }, await thePorts());
    await refreshHoldings();
  } catch {
    // Locked or full: a refusal needs no record to be one.
  }
}
