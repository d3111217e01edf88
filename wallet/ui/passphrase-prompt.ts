import { signal } from '@preact/signals';

export type PassphraseReason = 'create' | 'unlock' | 'gesture';

export interface PassphraseQuestion {
  readonly reason: PassphraseReason;
  answer(passphrase: string | undefined): void;
}

/** The question that is open now; a part of the page shows it. */
export const passphraseQuestion = signal<PassphraseQuestion | undefined>(undefined);

export function askPassphrase(reason: PassphraseReason): Promise<string | undefined> {
  return new Promise((resolve) => {
    passphraseQuestion.value = {
      reason,
      answer: (passphrase) => {
        passphraseQuestion.value = undefined;
        resolve(passphrase);
      },
    };
  });
}
