/** One application as the checks see it: facts collected beforehand, no powers. */
import type { IdNumber } from '../../../shared/id-card/index.ts';
import type { TypedFields } from '../fields.ts';
import type { FaceAnswer } from '../ports.ts';
import type { RegisterAnswer } from '../register-answer.ts';
import type { KeptBack, KeptFront } from '../stored-reading.ts';
import type { CheckResult, FaceWay } from '../tables.ts';

export interface Case {
  /** Civil date (UTC+8) of the examination. */
  readonly today: string;
  readonly typed: TypedFields;
  /** The typed number taken apart, or the code by which it was refused. */
  readonly number: IdNumber | { readonly refused: string };
  /** Whether the region of the number is a county of today, or the demo's. */
  readonly isKnownCounty: boolean;
  /** SHA-256 of the photos, undefined where there is none. */
  readonly front: string | undefined;
  readonly back: string | undefined;
  readonly readFront: KeptFront | undefined;
  readonly readBack: KeptBack | undefined;
  readonly face: {
    readonly way: FaceWay | undefined;
    /** Of the last challenge that was answered. */
    readonly challenge: { readonly result: CheckResult; readonly reason: string } | undefined;
    /** 'off': no service is configured or there is nothing to compare; 'down': it did not answer. */
    readonly match: ServiceAnswer;
    readonly liveness: ServiceAnswer;
  };
  readonly register: RegisterAnswer;
  readonly duplicates: {
    /** Another application with this number is under way. */
    readonly underWay: boolean;
    /** The person has a digital ID already, on this account or on another. */
    readonly holder: 'none' | 'same-account' | 'other-account';
  };
  /** Whether a counter code for the typed number was used on this application. */
  readonly counterCode: 'used' | 'other-number' | 'none';
}

export type ServiceAnswer =
  | { readonly kind: 'off' | 'down' }
  | { readonly kind: 'answered'; readonly answer: FaceAnswer; readonly service: string; readonly certified: boolean };

/** What one rule found. */
export interface Finding {
  readonly name: string;
  readonly result: CheckResult;
  /** A code; says what was found without saying what anybody's data are. */
  readonly reason: string;
  readonly ruleVersion: string;
}

/** A rule of one version: changing what it does means a new version. */
export interface Rule<N extends string = string> {
  readonly name: N;
  readonly version: string;
  check(facts: Case): readonly [result: CheckResult, reason: string];
}

export function rule<N extends string>(name: N, version: string, check: Rule<N>['check']): Rule<N> {
  return { name, version, check };
}

export const pass = (reason = 'ok') => ['pass', reason] as const;
export const fail = (reason: string) => ['fail', reason] as const;
export const doubt = (reason: string) => ['doubt', reason] as const;
export const notDone = (reason: string) => ['not-done', reason] as const;
