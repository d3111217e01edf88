import { expect, it } from 'vitest';
import { type AuditTables, auditMigration, readAudit, recordAudit } from '../../../shared/server/audit.ts';
import { eachDatabase } from '../../support/databases.ts';

const entry = {
  at: 1_800_000_000,
  actor: 'operator-1',
  role: 'issuer-operator',
  action: 'offer.create',
  object: 'offer-1',
  outcome: 'done',
} as const;

eachDatabase('audit', (engine) => {
  it('keeps entries in order and gives back what was written', async () => {
    const db = await engine.open<AuditTables>({ audit: auditMigration });
    await recordAudit(db.kysely, entry);
    await recordAudit(db.kysely, {
      ...entry,
      object: 'offer-2',
      outcome: 'refused',
      reason: 'conflict',
      requestId: 'r1',
    });
    const all = await readAudit(db.kysely);
    expect(all).toEqual([
      { ...entry, seq: 1 },
      { ...entry, seq: 2, object: 'offer-2', outcome: 'refused', reason: 'conflict', requestId: 'r1' },
    ]);
    expect(await readAudit(db.kysely, { object: 'offer-2' })).toEqual(all.slice(1));
    expect(await readAudit(db.kysely, { afterSeq: 1 })).toEqual(all.slice(1));
  });

  it('an act that fails leaves no entry', async () => {
    const db = await engine.open<AuditTables>({ audit: auditMigration });
    const act = db.transaction(async (trx) => {
      await recordAudit(trx, entry);
      throw new RangeError();
    });
    await expect(act).rejects.toThrow(RangeError);
    expect(await readAudit(db.kysely)).toEqual([]);
  });
});
