/**
 * What an applicant does to the own application while it is a draft or was asked back. Photos are cleaned and read
 * before a transaction begins; then one transaction writes everything or nothing, with its audit entry.
 */
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { parseCounterCode, takeCounterCode } from './counter-codes.ts';
import { applicantSeconds, type EnrolmentDeps, holderActor, type Trx } from './deps.ts';
import { forgetEvidence, putEvidence } from './evidence-store.ts';
import { checkTyped, type TypedFields } from './fields.ts';
import type { ImageIntake } from './images.ts';
import { forgetFields, forgotten, openFields, sealField } from './sealed-fields.ts';
import { type ApplicationRow, editRow, findCurrent, isUnderWay, moveRow, putApplication } from './store.ts';
import { keepBack, keepFront } from './stored-reading.ts';
import type { FaceWay } from './tables.ts';

/** The notice the applicant reads first; a change of its meaning is a new version. */
export const noticeVersion = '2026-1';
const photoLongSide = 2400;

export interface Applicant {
  readonly accountId: string;
  readonly requestId: string;
}

export interface ApplicantActs {
  /** The one under way, or a new draft. Refused: `unknown_configuration`. */
  open(trx: Trx, accountId: string, configurationIds: readonly string[]): Promise<string>;
  /** Refused: `consent_missing` (the camera without the consent to it, another notice), `application_state`. */
  consent(
    by: Applicant,
    choice: { readonly notice: string; readonly way: FaceWay; readonly face: boolean },
  ): Promise<void>;
  /** Refused: `image_invalid`, `image_limit`, `consent_missing`, `application_state`. */
  putSide(
    by: Applicant,
    side: 'front' | 'back',
    photo: { readonly bytes: Uint8Array; readonly mediaType: string },
  ): Promise<void>;
  /** What is given replaces what was said; the rest stays. Refused: `id_*`, `consent_missing`, `application_state`. */
  putFields(by: Applicant, fields: TypedFields): Promise<void>;
  /** Refused: `counter_code`, `application_incomplete` (no number yet), `application_state`. */
  useCounterCode(by: Applicant, code: string): Promise<void>;
  /** Ends a draft, or what was asked back; everything sealed of it is forgotten. Refused: `application_state`. */
  withdraw(by: Applicant): Promise<void>;
}

export function createApplicantActs(deps: EnrolmentDeps, intake: ImageIntake): ApplicantActs {
  const { db, clock, crypto, envelope, idCard, reader, configurationIds: known } = deps;

  /** The applicant's application, held until the transaction ends; its version is raised. */
  async function hold(trx: Trx, by: Applicant, needsNotice = true): Promise<ApplicationRow> {
    const row = await editRow(trx, { accountId: by.accountId, now: clock.now() }, {});
    if (row === undefined) throw new HufuError('application_state');
    if (needsNotice && row.notice_version !== noticeVersion) throw new HufuError('consent_missing', { at: 'notice' });
    return row;
  }

  async function record(trx: Trx, by: Applicant, action: string, object: string, refused?: 'counter_code') {
    const { id, role } = holderActor(by.accountId);
    const entry = { at: clock.now(), actor: id, role, action, object, requestId: by.requestId };
    await recordAudit(
      trx,
      refused === undefined ? { ...entry, outcome: 'done' } : { ...entry, outcome: 'refused', reason: refused },
    );
  }

  /** Before anything costly: whether there is something to put it into. */
  async function checkEditable(by: Applicant): Promise<void> {
    const row = await findCurrent(db.kysely, by.accountId, clock.now());
    if (row === undefined || (row.state !== 'draft' && row.state !== 'asked')) throw new HufuError('application_state');
    if (row.notice_version !== noticeVersion) throw new HufuError('consent_missing', { at: 'notice' });
  }

  async function read(side: 'front' | 'back', jpeg: Uint8Array) {
    if (reader === undefined) return undefined;
    try {
      return side === 'front' ? keepFront(await reader.readFront(jpeg)) : keepBack(await reader.readBack(jpeg));
    } catch {
      // A photo that cannot be read is still a photo a person can look at; the check will say that it was not read.
      return undefined;
    }
  }

  return {
    async open(trx, accountId, configurationIds) {
      if (configurationIds.length === 0 || !configurationIds.every((id) => known.includes(id))) {
        throw new HufuError('unknown_configuration', { at: 'configuration_ids' });
      }
      const now = clock.now();
      await endExpired(trx, accountId);
      const current = await findCurrent(trx, accountId, now);
      const wanted = JSON.stringify([...new Set(configurationIds)]);
      if (current !== undefined && isUnderWay(current.state)) {
        if (current.configuration_ids !== wanted) await editRow(trx, { accountId, now }, { configuration_ids: wanted });
        return current.id;
      }
      const id = encodeBase64url(crypto.randomBytes(16));
      const expires_at = now + applicantSeconds;
      await putApplication(trx, { id, account_id: accountId, configuration_ids: wanted, created_at: now, expires_at });
      await recordAudit(trx, {
        at: now,
        actor: accountId,
        role: 'holder',
        action: 'application.open',
        object: id,
        outcome: 'done',
      });
      return id;
    },

    async consent(by, { notice, way, face }) {
      if (notice !== noticeVersion) throw new HufuError('consent_missing', { at: 'notice' });
      if ((way === 'camera') !== face) throw new HufuError('consent_missing', { at: 'face' });
      await db.transaction(async (trx) => {
        const now = clock.now();
        const { id } = await hold(trx, by, false);
        const change = { notice_version: notice, notice_at: now, face_way: way, face_consent_at: face ? now : null };
        await editRow(trx, { accountId: by.accountId, now }, change);
        // Who takes the consent back leaves no picture behind.
        if (!face) await forgetEvidence(trx, envelope, { applicationId: id, kind: 'capture' });
        await record(trx, by, face ? 'application.consent_face' : 'application.consent_without_face', id);
      });
    },

    async putSide(by, side, { bytes, mediaType }) {
      await checkEditable(by);
      const image = await intake.clean(bytes, { mediaType, longSide: photoLongSide });
      const reading = await read(side, image.jpeg);
      const sha256 = crypto.sha256Base64url(image.jpeg);
      await db.transaction(async (trx) => {
        const now = clock.now();
        const { id } = await hold(trx, by);
        const evidenceId = encodeBase64url(crypto.randomBytes(16));
        await putEvidence(trx, envelope, {
          id: evidenceId,
          applicationId: id,
          kind: side,
          position: 0,
          image,
          sha256,
          now,
        });
        const column = side === 'front' ? 'read_front' : 'read_back';
        if (reading === undefined) await envelope.forget(trx, { table: 'application', column, row: id });
        const sealed = reading === undefined ? null : await sealField(trx, envelope, id, column, reading);
        await editRow(trx, { accountId: by.accountId, now }, { [column]: sealed });
        await record(trx, by, `application.${side}`, id);
      });
    },

    async putFields(by, fields) {
      checkTyped(fields, idCard);
      await db.transaction(async (trx) => {
        const row = await hold(trx, by);
        const { typed } = await openFields(trx, envelope, row);
        const sealed = await sealField(trx, envelope, row.id, 'typed', { ...typed, ...fields });
        await editRow(trx, { accountId: by.accountId, now: clock.now() }, { typed: sealed });
        await record(trx, by, 'application.fields', row.id);
      });
    },

    async useCounterCode(by, text) {
      const code = parseCounterCode(text);
      const isRight = await db.transaction(async (trx) => {
        const row = await hold(trx, by);
        const { typed } = await openFields(trx, envelope, row);
        if (typed.number === undefined) throw new HufuError('application_incomplete', { at: 'fields.number' });
        const numberIndex = envelope.blindIndex('cn-id', typed.number);
        const taken = await takeCounterCode(trx, { code, numberIndex, applicationId: row.id }, deps);
        await record(trx, by, 'counter_code.use', row.id, taken ? undefined : 'counter_code');
        return taken;
      });
      if (isRight) return;
      // On record already, in the transaction that counted the try.
      deps.markAudited(by.requestId);
      throw new HufuError('counter_code');
    },

    async withdraw(by) {
      await db.transaction(async (trx) => {
        const row = await hold(trx, by, false);
        await endApplication(trx, row, deps);
        await record(trx, by, 'application.withdraw', row.id);
      });
    },
  };

  async function endExpired(trx: Trx, accountId: string): Promise<void> {
    const rows = await trx
      .selectFrom('application')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('state', 'in', ['draft', 'asked'])
      .where('expires_at', '<=', clock.now())
      .execute();
    for (const row of rows) await endApplication(trx, row, deps);
  }
}

/** Withdrawn, by whomever: no photo and nothing that was typed or read stays readable. */
export async function endApplication(
  trx: Trx,
  row: ApplicationRow,
  { envelope, clock }: Pick<EnrolmentDeps, 'envelope' | 'clock'>,
): Promise<boolean> {
  const from = { id: row.id, version: row.version, states: ['draft', 'asked', 'sent', 'review'] } as const;
  const change = { ...forgotten, state: 'withdrawn', examine_at: null, decided_at: clock.now() } as const;
  const moved = await moveRow(trx, from, { ...change, claimed_by: null, claimed_until: null, number_index: null });
  if (moved === undefined) return false;
  await forgetFields(trx, envelope, row.id);
  await forgetEvidence(trx, envelope, { applicationId: row.id });
  return true;
}
