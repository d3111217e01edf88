/** What enrolment needs of others, and what an authority may plug in. */
import type { Kysely } from 'kysely';
import type { IssuerTables } from '../tables.ts';

type Trx = Kysely<IssuerTables>;

export type FaceAnswer = 'yes' | 'no' | 'unsure';

export interface FaceService {
  /** Goes into the version of the check: who said so, and by which of their rules. */
  readonly name: string;
  /**
   * Certified services alone can stand in for a person of ours. An answer of any other may lower trust and never
   * raise it.
   */
  readonly certified: boolean;
}

/** Whether two pictures show one person. The default is no machine: a person compares. */
export interface FaceMatcher extends FaceService {
  match(faces: { readonly reference: Uint8Array; readonly frames: readonly Uint8Array[] }): Promise<FaceAnswer>;
}

/** Whether a living person stood before the camera. The default is no machine. */
export interface LivenessChecker extends FaceService {
  check(capture: { readonly frames: readonly Uint8Array[]; readonly steps: readonly string[] }): Promise<FaceAnswer>;
}

/** The OAuth flow that brought the applicant here, and where the browser goes when there is something to go back with. */
export interface ApplyFlows {
  /** What the wallet asks for; undefined: no such flow, or over. */
  configurationIdsOf(flowId: string): Promise<readonly string[] | undefined>;
  /** The address to send the browser to. Refused: `state_unknown`. */
  complete(flowId: string, accountId: string, applicationId: string): Promise<string>;
}

/** From now on this account is the person's. */
export type BindPerson = (trx: Trx, accountId: string, personRef: string) => Promise<void>;
