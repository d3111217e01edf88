/**
 * Evidence: the re-encoded photos, sealed. One per side and place; a new one takes the place of the old, whose data
 * key is forgotten with it. `forgetEvidence` leaves of all of them the hash, the size and when they came.
 */
import type { Kysely, Selectable } from 'kysely';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { IssuerTables } from '../tables.ts';
import type { CleanImage } from './images.ts';
import type { EnrolmentTables, EvidenceKind } from './tables.ts';

type Db = Kysely<IssuerTables>;
export type EvidenceRow = Readonly<Selectable<EnrolmentTables['application_evidence']>>;
export type EvidenceFacts = Omit<EvidenceRow, 'sealed'>;

const place = (row: string) => ({ table: 'application_evidence', column: 'sealed', row }) as const;
const facts = ['id', 'application_id', 'kind', 'position', 'sha256', 'bytes', 'width', 'height', 'created_at'] as const;

export interface NewEvidence {
  readonly id: string;
  readonly applicationId: string;
  readonly kind: EvidenceKind;
  readonly position: number;
  readonly image: CleanImage;
  readonly sha256: string;
  readonly now: number;
}

export async function putEvidence(trx: Db, envelope: Envelope, evidence: NewEvidence): Promise<void> {
  const { id, applicationId, kind, position, image } = evidence;
  const former = await trx
    .deleteFrom('application_evidence')
    .where('application_id', '=', applicationId)
    .where('kind', '=', kind)
    .where('position', '=', position)
    .returning('id')
    .execute();
  for (const row of former) await envelope.forget(trx, place(row.id));
  await trx
    .insertInto('application_evidence')
    .values({
      id,
      application_id: applicationId,
      kind,
      position,
      sealed: await envelope.seal(trx, place(id), image.jpeg),
      sha256: evidence.sha256,
      bytes: image.jpeg.length,
      width: image.width,
      height: image.height,
      created_at: evidence.now,
    })
    .execute();
}

const order: readonly EvidenceKind[] = ['front', 'back', 'capture'];

/** In the order front, back, captures; without the pictures. */
export async function findEvidence(db: Db, applicationId: string): Promise<readonly EvidenceFacts[]> {
  const rows = await db
    .selectFrom('application_evidence')
    .select(facts)
    .where('application_id', '=', applicationId)
    .orderBy('position')
    .execute();
  return rows.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** One picture of this application; undefined when there is none, or none any more. */
export async function openEvidence(
  db: Db,
  envelope: Envelope,
  by: { readonly applicationId: string } & ({ readonly id: string } | { readonly kind: EvidenceKind }),
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const row = await db
    .selectFrom('application_evidence')
    .select(['id', 'sealed'])
    .where('application_id', '=', by.applicationId)
    .$if('id' in by, (query) => query.where('id', '=', 'id' in by ? by.id : ''))
    .$if('kind' in by, (query) => query.where('kind', '=', 'kind' in by ? by.kind : 'front'))
    .where('sealed', 'is not', null)
    .orderBy('position')
    .executeTakeFirst();
  return row?.sealed == null ? undefined : envelope.open(db, place(row.id), row.sealed);
}

/** All pictures, or those of a kind; what is left says that there were some. */
export async function forgetEvidence(
  trx: Db,
  envelope: Envelope,
  of: { readonly applicationId: string; readonly kind?: EvidenceKind },
): Promise<void> {
  const rows = await trx
    .updateTable('application_evidence')
    .set({ sealed: null })
    .where('application_id', '=', of.applicationId)
    .$if(of.kind !== undefined, (query) => query.where('kind', '=', of.kind ?? 'front'))
    .where('sealed', 'is not', null)
    .returning('id')
    .execute();
  for (const { id } of rows) await envelope.forget(trx, place(id));
}
