import type { Bilingual } from '../../shared/look/index.ts';

/** ISO 8601 duration in whole days, months or years; `none` is not kept beyond the showing. */
export type Retention = 'none' | `P${number}D` | `P${number}M` | `P${number}Y`;

export interface SceneClaim {
  /** From the person's root, as in the resident ID (docs/claims.md). */
  readonly path: readonly string[];
  readonly retention: Retention;
  /** The holder may leave it out without losing anything. */
  readonly optional?: true;
  /** Only these values will do; checked again here, whatever the wallet matched. */
  readonly values?: readonly (string | number | boolean)[];
  /** A word to the holder about this one claim. */
  readonly note?: Bilingual;
}

/** A scene is data: what may be asked, why, on what basis, for how long, and how strictly it is checked. */
export interface Scene {
  readonly id: string;
  readonly name: Bilingual;
  readonly purpose: Bilingual;
  readonly legalBasis?: Bilingual;
  /** Which of the configured credential types is asked for. */
  readonly credential: 'resident-id';
  /** A format that cannot disclose selectively is listed only where the scene asks for nearly everything anyway. */
  readonly formats: readonly ('dc+sd-jwt' | 'jwt_vc_json')[];
  readonly claims: readonly SceneClaim[];
  /** What holds for claims without a term of their own. */
  readonly retention: Retention;
  /** Seconds a status may be old when the presentation is judged; 0 asks the issuer's list every time. */
  readonly statusMaxAge: number;
  /** `cross-device`: the guest reads two digits off the phone and the clerk types them. */
  readonly matchNumber: 'cross-device' | 'never';
  /** `by-clerk`: somebody compares the picture with the person before anything is kept. */
  readonly portrait: 'by-clerk' | 'not-asked';
  /** Where the asked claims go once the clerk has completed. */
  readonly record: 'guest-register' | 'none';
}
