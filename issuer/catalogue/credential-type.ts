import type { Bilingual } from '../../shared/look/index.ts';
import type { ClaimSource, DocumentSource } from './sources.ts';

/** A kind of credential as data. Published once, never changed: a change is a new version with a new `vct`. */
export interface CredentialType {
  /** Also the first part of the ids of its configurations: `resident-id` in `resident-id-sd-jwt`. */
  readonly name: string;
  readonly version: number;
  readonly formats: readonly CredentialFormat[];
  /** Second entry of a W3C credential's `type`. */
  readonly vcType: string;
  readonly title: Bilingual;
  readonly description: Bilingual;
  readonly colors: { readonly background: string; readonly text: string };
  /** The paper document it stands for: no document or an expired one, no credential. */
  readonly document: DocumentSource;
  /** In the order a person reads them. */
  readonly claims: readonly ClaimRule[];
}

export type CredentialFormat = 'dc+sd-jwt' | 'jwt_vc_json';

export interface ClaimRule {
  readonly path: readonly string[];
  /** Where the value comes from; a group holds the claims below its path. */
  readonly source: ClaimSource | 'group';
  readonly label: Bilingual;
  /** `always`: the holder decides at each showing. `never`: part of every showing. */
  readonly sd: 'always' | 'never';
  /** Whether every credential of the type has it. */
  readonly mandatory: boolean;
  /** Only in formats where it can be shown alone or kept back; a W3C credential is shown whole. */
  readonly selectiveOnly?: true;
}
