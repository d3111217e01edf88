import { constantTimeEqual, encodeBase64url } from '../../shared/encoding/index.ts';
import { type Code, codeOf, HufuError } from '../../shared/errors.ts';
import type { OpenJwe } from '../../shared/jwt/index.ts';
import { type DirectPostForm, openResponse, type ResponsePayload } from '../../shared/oid4vp/index.ts';
import { type AuditEntry, recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import {
  findLink,
  findSecrets,
  type LinkSecrets,
  type LinkWithRequest,
  noteUndetermined,
  type RequestDeps,
  type StoredResult,
  settleRequest,
} from '../requests/index.ts';
import { getScene, wantsMatchNumber } from '../scenes/index.ts';
import { outcomeOf } from './outcome.ts';
import { type Proved, type VerifyPorts, verifyPresentation } from './verify-presentation.ts';

export interface ReceiveDeps extends RequestDeps {
  readonly verify: VerifyPorts;
  readonly openJwe: OpenJwe;
  /** Overrides what every scene says; undefined leaves it to the scene. */
  readonly statusMaxAge: number | undefined;
}

/** What the wallet is told of an answer that was taken. */
export interface Receipt {
  readonly redirectUri: string | undefined;
}

/**
 * Takes the wallet's answer to a link (OpenID4VP 1.0 8.2, 8.3). Refused before it counts as one: `state_unknown` (no
 * such link, never fetched, another state), `request_expired`, `replay`, `jwe_invalid`, `shape`. Once opened it is the
 * answer: what is wrong with it refuses the request for good, what could not be checked leaves it open.
 */
export async function receiveResponse(
  deps: ReceiveDeps,
  rid: string,
  form: DirectPostForm,
  requestId: string,
): Promise<Receipt> {
  const link = await findLink(deps.db.kysely, rid);
  const act: Act = { deps, object: link?.request_id ?? '-', requestId };
  try {
    // 1. The link waits for an answer, and this one belongs to it: state outside, if any, and inside the encryption.
    const open = checkOpen(link, deps.clock.now());
    const secrets = await findSecrets(deps, open);
    if (secrets === undefined) throw new HufuError('replay', { at: 'link' });
    if (form.state !== undefined) checkState(form.state, secrets);
    if (!('response' in form)) return await decline(act, open, form.state);
    const { privateJwk, state } = secrets;
    const how = { privateJwk, kid: rid, expectedState: state, open: deps.openJwe };
    const answer = await openResponse(String(form.response), how);

    // 2. From here on it is the answer: judged, and settled once.
    return await accept(act, open, await judge(act, open, secrets, answer));
  } catch (error) {
    if (!(error instanceof Recorded)) await recordRefusal(act, codeOf(error));
    deps.markAudited(requestId);
    throw error;
  }
}

/** What every step of taking one answer needs to leave a trace. */
interface Act {
  readonly deps: ReceiveDeps;
  readonly object: string;
  readonly requestId: string;
}

/** A refusal whose audit entry stands in the transaction of what it did. */
class Recorded extends HufuError {}

function checkOpen(link: LinkWithRequest | undefined, now: number): LinkWithRequest {
  if (link === undefined) throw new HufuError('state_unknown', { at: 'link' });
  if (link.status !== 'open') throw new HufuError('replay', { at: 'link' });
  if (link.answer_until === null) throw new HufuError('state_unknown', { at: 'link' });
  if (link.answer_until <= now) throw new HufuError('request_expired', { at: 'link' });
  return link;
}

function checkState(state: string, secrets: LinkSecrets): void {
  if (!constantTimeEqual(state, secrets.state)) throw new HufuError('state_unknown', { at: 'state' });
}

/** Judges an opened answer; a verdict against it, or the lack of one, is written down before it is thrown. */
async function judge(
  act: Act,
  link: LinkWithRequest,
  secrets: LinkSecrets,
  answer: ResponsePayload,
): Promise<StoredResult> {
  const { deps } = act;
  const scene = getScene(link.scene);
  try {
    if (wantsMatchNumber(scene, link.device) && answer.hufu_match_number === undefined) {
      throw new HufuError('match_number', { at: 'response' });
    }
    const proved = await verifyPresentation(
      answer.vp_token,
      {
        query: deps.questions(scene).query,
        clientId: deps.access.clientId,
        nonce: secrets.nonce,
        now: deps.clock.now(),
        statusMaxAge: deps.statusMaxAge ?? scene.statusMaxAge,
      },
      deps.verify,
    );
    return storedResult(proved, answer.hufu_match_number);
  } catch (error) {
    const code = codeOf(error);
    const outcome = outcomeOf(code);
    if (outcome === 'fault') throw error;
    if (outcome === 'refused') await refuse(act, link, code);
    else await leaveOpen(act, link, code);
    throw new Recorded(code, { at: error instanceof HufuError ? (error.at ?? 'response') : 'response', cause: error });
  }
}

function storedResult([proved]: readonly Proved[], matchNumber: string | undefined): StoredResult {
  if (proved === undefined) throw new TypeError('a vp_token has at least one presentation');
  const { credential, status, claims } = proved;
  const { id, name } = credential.issuer;
  return {
    claims,
    evidence: {
      format: credential.held.format,
      issuer: { id, name: { ...name } },
      alg: credential.alg,
      status: { checked_at: status.checkedAt, list_iat: status.listIat },
    },
    ...(matchNumber === undefined ? {} : { match_number: matchNumber }),
  };
}

async function accept(act: Act, link: LinkWithRequest, result: StoredResult): Promise<Receipt> {
  const waits = wantsMatchNumber(getScene(link.scene), link.device);
  const status = waits ? 'match' : 'accepted';
  return settle(act, link, { status, result: JSON.stringify(result) }, { action: 'present.accept', outcome: 'done' });
}

/** The holder said no, or the wallet could not (8.5). Only who has seen the request can say so: it must name the state. */
async function decline(act: Act, link: LinkWithRequest, state: string | undefined): Promise<Receipt> {
  if (state === undefined) throw new HufuError('state_unknown', { at: 'state' });
  return settle(act, link, { status: 'declined' }, { action: 'present.decline', outcome: 'done' });
}

async function refuse(act: Act, link: LinkWithRequest, reason: Code): Promise<void> {
  await settle(act, link, { status: 'refused', reason }, { action: 'present.refuse', outcome: 'refused', reason });
}

interface Ending {
  readonly status: 'match' | 'accepted' | 'refused' | 'declined';
  readonly reason?: Code;
  readonly result?: string;
}

/** Result, single use and audit in one transaction. Same device: an ending the browser is to learn of brings a code. */
async function settle(act: Act, link: LinkWithRequest, ending: Ending, entry: Entry): Promise<Receipt> {
  const { deps } = act;
  const now = deps.clock.now();
  const isReturning = link.return_url !== null && ending.status !== 'refused';
  const code = isReturning ? encodeBase64url(deps.crypto.randomBytes(24)) : undefined;
  await deps.db.transaction(async (trx) => {
    await settleRequest(trx, deps.envelope, link, {
      status: ending.status,
      reason: ending.reason ?? null,
      result: ending.result,
      codeHash: code === undefined ? null : bearerHash(code),
      now,
      expiresAt: now + deps.times.keep,
      deleteAt: now + deps.times.keep,
    });
    await recordAudit(trx, auditEntry(act, entry));
  });
  deps.recentSecrets.delete(link.rid);
  deps.changes.notify(link.request_id);
  return { redirectUri: code === undefined ? undefined : returnAddress(link.return_url ?? '', code) };
}

async function leaveOpen(act: Act, link: LinkWithRequest, reason: Code): Promise<void> {
  const { deps } = act;
  await deps.db.transaction(async (trx) => {
    await noteUndetermined(trx, link.request_id, reason);
    await recordAudit(trx, auditEntry(act, { action: 'present.undetermined', outcome: 'failed', reason }));
  });
  deps.changes.notify(link.request_id);
}

function returnAddress(returnUrl: string, code: string): string {
  const url = new URL(returnUrl);
  url.searchParams.set('response_code', code);
  return url.href;
}

type Entry = Pick<AuditEntry, 'action' | 'outcome' | 'reason'>;

function auditEntry(act: Act, entry: Entry): AuditEntry {
  const { deps, object, requestId } = act;
  return { at: deps.clock.now(), actor: 'holder', role: 'holder', object, requestId, ...entry };
}

async function recordRefusal(act: Act, reason: Code): Promise<void> {
  if (outcomeOf(reason) === 'fault') return;
  const action = reason === 'replay' ? 'present.replay' : 'present.refuse';
  await act.deps.db.transaction((trx) => recordAudit(trx, auditEntry(act, { action, outcome: 'refused', reason })));
}
