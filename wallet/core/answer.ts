import { parseJson, parseShape } from '../../shared/encoding/index.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import type { FetchedBody } from '../../shared/fetch.ts';
import { directPostReply, sealResponse, type VpToken } from '../../shared/oid4vp/index.ts';
import { type Entry, type Gesture, type GestureEvidence, lengthPrefixed } from '../vault/index.ts';
import { activityKind, logIn, newId, type Shown, type ShownCard } from './activity.ts';
import { type Copy, copiesOf, copyKind, namesOf, pickCopies } from './cards.ts';
import { chosenPaths, consentPart, type Decision, type Part, type Selection, selectedParts } from './consent.ts';
import { isSelective, loadFormat } from './formats.ts';
import { openHolderKey } from './holder-keys.ts';
import type { WalletPorts } from './ports.ts';
import type { OpenedRequest } from './present.ts';

export interface Answered {
  readonly state: 'sent' | 'refused' | 'uncertain';
  /** Where the asker wants the browser to go on (same device), already judged. */
  readonly redirectUri: string | undefined;
  readonly activityId: string;
}

/**
 * What the passkey signs for a showing: SHA-256 over the request object as received and the claims chosen, each with
 * its length before it. The same is computed again when the log is checked.
 */
export function showingChallenge(
  requestObject: string,
  chosen: string,
  ports: Pick<WalletPorts, 'crypto'>,
): Uint8Array<ArrayBuffer> {
  return ports.crypto.sha256(lengthPrefixed(['hufu showing 1', requestObject, chosen]));
}

/** The chosen claims as they go into the challenge. */
export function chosenText(decisions: readonly Decision[], selection: Selection): string {
  const parts = selectedParts(decisions, selection);
  return JSON.stringify(parts.map((part) => [part.queryId, part.card.id, chosenPaths(part, selection)]));
}

/**
 * Answers a request after consent: 1. one gesture over request and choice; 2. the least used copy of each card; 3. its
 * presentation, bound to the asker and this request; 4. everything encrypted to the request's own key; 5. the log entry
 * and the use of the copies, in one change; 6. only then the answer is sent; 7. what became of it.
 * Refused: `consent_required` (nothing selected), `request_expired`, what the gesture refuses, `vault_storage` (the log
 * could not be written: nothing was disclosed, NC-142).
 */
export async function answerRequest(
  opened: OpenedRequest,
  decisions: readonly Decision[],
  selection: Selection,
  ports: WalletPorts,
): Promise<Answered> {
  const { vault, clock, crypto } = ports;
  const parts = selectedParts(decisions, selection);
  const undecided = decisions.some(({ required }, index) => required && selection.choices[index] === undefined);
  if (parts.length === 0 || undecided) throw new HufuError('consent_required');
  return vault.hold(async () => {
    const chosen = chosenText(decisions, selection);
    const challenge = showingChallenge(opened.requestObject, chosen, ports);
    const gesture = await vault.gesture(challenge);
    if (opened.request.expiresAt <= clock.now()) throw new HufuError('request_expired');
    const used = await pickForParts(parts, ports);
    const vpToken: Record<string, string[]> = {};
    for (const { part, copy } of used) {
      vpToken[part.queryId] = [await present(part, copy.value, opened, selection, gesture, ports)];
    }
    const sealed = await seal(vpToken, opened);
    const entry = shownEntry(opened, parts, selection, { chosen, evidence: gesture.evidence }, ports);
    const activityId = newId(crypto);
    await vault.records.change((draft) => {
      draft.put(activityKind, activityId, entry);
      for (const { copy } of used) {
        draft.put(copyKind, copy.id, { ...copy.value, uses: copy.value.uses + 1, lastUsedAt: clock.now() });
      }
    });
    const outcome = await send(sealed, opened, ports);
    // The answer is out: if the log cannot take its outcome, the entry stays as `sending`, which claims nothing.
    await vault.records
      .change((draft) =>
        draft.put(activityKind, activityId, { ...entry, state: outcome.state, answeredAt: clock.now() }),
      )
      .catch(() => {});
    return { ...outcome, activityId };
  });
}

interface UsedCopy {
  readonly part: Part;
  readonly copy: Entry<Copy>;
}

/** A different copy for each part, also where two parts are the same card. */
async function pickForParts(parts: readonly Part[], ports: WalletPorts): Promise<readonly UsedCopy[]> {
  const used: UsedCopy[] = [];
  for (const part of parts) {
    const copies = await copiesOf(ports.vault.records, part.card.id);
    const free = copies.filter(({ id }) => !used.some(({ copy }) => copy.id === id));
    const [copy] = pickCopies(free, 1);
    if (copy === undefined) throw new HufuError('nothing_to_show', { at: 'copies' });
    used.push({ part, copy });
  }
  return used;
}

async function present(
  part: Part,
  copy: Copy,
  opened: OpenedRequest,
  selection: Selection,
  gesture: Gesture,
  ports: WalletPorts,
): Promise<string> {
  const format = await loadFormat(part.card.value.format);
  const signer = await openHolderKey(copy.key, gesture, ports.crypto);
  const audience = { aud: opened.request.clientId, nonce: opened.request.nonce };
  return format.present(copy.credential, chosenPaths(part, selection), audience, signer, ports);
}

function seal(vpToken: VpToken, opened: OpenedRequest): Promise<string> {
  const { state, encryption } = opened.request;
  const { matchNumber } = opened;
  return sealResponse({ vpToken, state, ...(matchNumber === undefined ? {} : { matchNumber }) }, encryption);
}

function shownEntry(
  opened: OpenedRequest,
  parts: readonly Part[],
  selection: Selection,
  act: { readonly chosen: string; readonly evidence: GestureEvidence },
  ports: WalletPorts,
): Shown {
  const { scene, hash } = opened.request;
  const { id, name, host } = opened.party;
  const cards = parts.map((part): ShownCard => {
    const { fields } = consentPart(part, selection, opened);
    return {
      cardId: part.card.id,
      type: part.card.value.type,
      names: part.card.value.names,
      whole: !isSelective(part.card.value.format),
      claims: fields
        .filter(({ chosen }) => chosen)
        .map(({ path, retention }) => ({
          path: [...path],
          names: namesOf(part.card.value, path),
          ...(retention === undefined ? {} : { retention }),
        })),
    };
  });
  const stated =
    scene === undefined
      ? {}
      : {
          scene: {
            purpose: scene.purpose,
            retention: scene.retention,
            ...(scene.legal_basis === undefined ? {} : { legalBasis: scene.legal_basis }),
          },
        };
  return {
    kind: 'shown',
    at: ports.clock.now(),
    state: 'sending',
    party: { id, name, host },
    ...stated,
    cards,
    requestObject: opened.requestObject,
    requestHash: hash,
    ...act,
  };
}

async function send(
  response: string,
  opened: OpenedRequest,
  ports: WalletPorts,
): Promise<Omit<Answered, 'activityId'>> {
  let answer: FetchedBody;
  try {
    answer = await post(new URLSearchParams({ response }), opened, ports);
  } catch (error) {
    // No answer is not the same as not arrived.
    if (['fetch_failed', 'fetch_limit', 'encoding'].includes(codeOf(error)))
      return { state: 'uncertain', redirectUri: undefined };
    throw error;
  }
  if (answer.status >= 500) return { state: 'uncertain', redirectUri: undefined };
  if (answer.status !== 200) return { state: 'refused', redirectUri: undefined };
  return { state: 'sent', redirectUri: readRedirect(answer, opened, ports) };
}

function post(form: URLSearchParams, opened: OpenedRequest, ports: WalletPorts): Promise<FetchedBody> {
  return ports.fetchText(opened.request.responseUri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    accept: 'application/json',
    okStatuses: 'any',
    timeoutMs: 15_000,
  });
}

/** Only back to the asker: https (or a configured http origin) at a host of its certificate or of its response address. */
function readRedirect(answer: FetchedBody, opened: OpenedRequest, ports: WalletPorts): string | undefined {
  let address: string | undefined;
  try {
    address = parseShape(directPostReply, parseJson(answer.text)).redirect_uri;
  } catch {
    return undefined;
  }
  const url = address === undefined ? null : URL.parse(address);
  if (address === undefined || url === null || /[\s\p{Cc}\\]/u.test(address)) return undefined;
  const { party, responseUri } = opened.request;
  const hosts = [party.host, new URL(responseUri).hostname];
  const secure = url.protocol === 'https:' || ports.configuration.httpOrigins.includes(url.origin);
  return secure && url.username === '' && url.password === '' && hosts.includes(url.hostname) ? url.href : undefined;
}

/** Between the two no outsider can tell "does not have it" from "does not want to": same words, same spread of time. */
const slowest = { from: 2_000, to: 4_000 };

/**
 * Ends a request without showing anything. `tell` sends `access_denied` (OpenID4VP 1.0 8.5), after a pause that does
 * not depend on the reason; without it nothing is sent at all. Both are logged.
 */
export async function declineRequest(
  opened: OpenedRequest,
  options: { readonly tell: boolean },
  ports: WalletPorts,
): Promise<void> {
  const { vault, clock, crypto } = ports;
  const { id, name, host } = opened.party;
  await vault.records.change((draft) => {
    logIn(draft, { kind: 'declined', at: clock.now(), party: { id, name, host }, told: options.tell }, crypto);
  });
  if (!options.tell) return;
  const random = new DataView(crypto.randomBytes(4).buffer).getUint32(0) / 2 ** 32;
  await ports.pause(slowest.from + Math.floor(random * (slowest.to - slowest.from)));
  const { state } = opened.request;
  const form = new URLSearchParams({ error: 'access_denied', ...(state === undefined ? {} : { state }) });
  await post(form, opened, ports).catch(() => {});
}
