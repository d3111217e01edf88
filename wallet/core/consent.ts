import type { ClaimOption, Path } from '../../shared/dcql/index.ts';
import { selectPath } from '../../shared/dcql/index.ts';
import { retentionOf, type SceneStatement } from '../../shared/oid4vp/index.ts';
import type { Entry } from '../vault/index.ts';
import { type Card, personPath } from './cards.ts';
import { isSelective } from './formats.ts';
import { leafPaths, personOf } from './person.ts';
import type { OpenedRequest } from './present.ts';

/** One card as the answer to one credential query, with every claim set it can answer with. */
export interface Part {
  readonly queryId: string;
  readonly card: Entry<Card>;
  readonly options: readonly [ClaimOption, ...ClaimOption[]];
}

/** One way to answer a set: usually one card. */
export type Choice = readonly Part[];

/** What is to be decided: one choice if required, else one or none. The first is preferred. */
export interface Decision {
  readonly required: boolean;
  readonly choices: readonly Choice[];
}

/** Chosen so far: for each decision the index of its choice (undefined: none), for each query id its claim set. */
export interface Selection {
  readonly choices: readonly (number | undefined)[];
  readonly claimSets: Readonly<Record<string, number>>;
}

export interface ConsentField {
  readonly path: Path;
  /** False for what goes along unasked, because the card can only be shown whole. */
  readonly asked: boolean;
  readonly required: boolean;
  readonly chosen: boolean;
  readonly retention: string | undefined;
}

export interface ConsentPart {
  readonly part: Part;
  /** False where the card can only be shown whole. */
  readonly selective: boolean;
  readonly fields: readonly ConsentField[];
  /** Asked for, and not in this card: nothing is sent for it. */
  readonly missing: readonly Path[];
}

/** The decisions a request leaves to the person; cards that are good today before others, then the asker's order. */
export function decisionsOf(opened: OpenedRequest, now: number): readonly Decision[] {
  const { match, cards } = opened;
  if (!match.satisfiable) return [];
  return match.sets.map(({ required, options }) => {
    const choices = options.flatMap((queryIds): Choice[] => {
      const perQuery = queryIds.map((queryId): Part[] => {
        const found = match.credentials.find((credential) => credential.queryId === queryId);
        return (found?.candidates ?? []).flatMap((candidate) => {
          const card = cards.find(({ id }) => id === candidate.heldId);
          return card === undefined ? [] : [{ queryId, card, options: candidate.options }];
        });
      });
      const [only] = perQuery;
      if (perQuery.length === 1 && only !== undefined) return only.map((part) => [part]);
      const firsts = perQuery.flatMap((parts) => parts.slice(0, 1));
      return firsts.length === queryIds.length ? [firsts] : [];
    });
    const good = (choice: Choice) => (choice.every(({ card }) => isGood(card.value, now)) ? 0 : 1);
    return { required, choices: [...choices].sort((a, b) => good(a) - good(b)) };
  });
}

/** Whether a verifier is likely to accept it: not ended, not withdrawn as far as is known. */
export function isGood(card: Card, now: number): boolean {
  const ended = card.expiresAt !== undefined && card.expiresAt <= now;
  return !ended && card.status.state !== 'revoked' && card.status.state !== 'suspended';
}

/** To begin with: what is required, and of each claim the least; what is optional is for the person to add. */
export function initialSelection(decisions: readonly Decision[]): Selection {
  const claimSets: Record<string, number> = {};
  for (const { choices } of decisions) {
    for (const part of choices.flat()) claimSets[part.queryId] = leastOption(part.options);
  }
  return {
    choices: decisions.map(({ required, choices }) => (required && choices.length > 0 ? 0 : undefined)),
    claimSets,
  };
}

export function chooseCard(
  decisions: readonly Decision[],
  selection: Selection,
  decision: number,
  choice: number | undefined,
): Selection {
  const claimSets = { ...selection.claimSets };
  for (const part of decisions[decision]?.choices[choice ?? -1] ?? [])
    claimSets[part.queryId] = leastOption(part.options);
  return { choices: selection.choices.map((old, index) => (index === decision ? choice : old)), claimSets };
}

/** The parts that will be answered with, in order. */
export function selectedParts(decisions: readonly Decision[], selection: Selection): readonly Part[] {
  return decisions.flatMap(({ choices }, index) => choices[selection.choices[index] ?? -1] ?? []);
}

/** What one card shows as selected now. Fields keep the asker's order: required ones first. */
export function consentPart(part: Part, selection: Selection, opened: OpenedRequest): ConsentPart {
  const { scene } = opened.request;
  const selective = isSelective(part.card.value.format);
  const union = distinct(part.options.flatMap(({ paths }) => paths));
  const chosen = chosenPaths(part, selection);
  const asked = opened.request.query.credentials.find(({ id }) => id === part.queryId)?.claims ?? [];
  const offered = selective ? union : wholePaths(part.card.value);
  const fields = offered.map((path) => ({
    path,
    asked: isAsked(
      path,
      asked.map((claim) => claim.path),
    ),
    required: !selective || part.options.every(({ paths }) => has(paths, path)),
    chosen: !selective || has(chosen, path),
    retention:
      scene === undefined
        ? undefined
        : retention(
            scene,
            path,
            asked.map((claim) => claim.path),
          ),
  }));
  return {
    part,
    selective,
    fields: [...fields.filter(({ required }) => required), ...fields.filter(({ required }) => !required)],
    missing: asked.map((claim) => claim.path).filter((path) => selectPath(part.card.value.claims, path).length === 0),
  };
}

/** The paths to disclose. A card that is shown whole discloses everything, whatever was asked. */
export function chosenPaths(part: Part, selection: Selection): readonly Path[] {
  if (!isSelective(part.card.value.format)) return wholePaths(part.card.value);
  return (part.options[selection.claimSets[part.queryId] ?? 0] ?? part.options[0]).paths;
}

/**
 * Ticks or un-ticks an optional claim: the asker's alternative that comes nearest to what the person wants, and has
 * (or has not) this claim. What no alternative allows cannot be had; then the selection stays.
 */
export function toggleClaim(part: Part, selection: Selection, path: Path): Selection {
  const current = chosenPaths(part, selection);
  const wantsIt = !has(current, path);
  const wish = wantsIt ? [...current, path] : current.filter((other) => key(other) !== key(path));
  let best: { readonly index: number; readonly distance: number } | undefined;
  for (const [index, { paths }] of part.options.entries()) {
    if (has(paths, path) !== wantsIt) continue;
    const distance = paths.filter((p) => !has(wish, p)).length + wish.filter((p) => !has(paths, p)).length;
    if (best === undefined || distance < best.distance) best = { index, distance };
  }
  if (best === undefined) return selection;
  return { ...selection, claimSets: { ...selection.claimSets, [part.queryId]: best.index } };
}

function leastOption(options: readonly ClaimOption[]): number {
  const sizes = options.map(({ paths }) => paths.length);
  return sizes.indexOf(Math.min(...sizes));
}

function wholePaths(card: Card): readonly Path[] {
  const prefix = card.format === 'jwt_vc_json' ? ['credentialSubject'] : [];
  return leafPaths(personOf(card.claims, card.format), prefix).filter(
    (path) => path.join('.') !== 'credentialSubject.id',
  );
}

/** Retention as stated; for a claim nobody asked for (shown only because the card is whole) nothing was stated. */
function retention(scene: SceneStatement, path: Path, asked: readonly Path[]): string | undefined {
  return isAsked(path, asked) ? retentionOf(scene, personPath(path)) : undefined;
}

/** Asked for itself or with what it lies in; a query without claims asks for the card as such. */
function isAsked(path: Path, asked: readonly Path[]): boolean {
  if (asked.length === 0) return true;
  return asked.some((claim) => claim.length <= path.length && claim.every((step, index) => step === path[index]));
}

function distinct(paths: readonly Path[]): readonly Path[] {
  return [...new Map(paths.map((path) => [key(path), path])).values()];
}

function has(paths: readonly Path[], path: Path): boolean {
  return paths.some((other) => key(other) === key(path));
}

function key(path: Path): string {
  return JSON.stringify(path);
}
