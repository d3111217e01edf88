import { registerMigration } from '../../../issuer/migrations/001-register.ts';
import { createEmbeddedRegister, type RegisterTables } from '../../../issuer/register/index.ts';
import { type Clock, fixedClock } from '../../../shared/clock.ts';
import { createIdCard } from '../../../shared/id-card/index.ts';
import { type AuditTables, auditMigration } from '../../../shared/server/audit.ts';
import { type Database, openDatabase } from '../../../shared/server/database.ts';
import { createEnvelope, envelopeMigration } from '../../../shared/server/envelope.ts';
import { keksOf } from '../../../shared/server/kek.ts';

export const now = Date.UTC(2026, 10, 22, 4) / 1000;

/** A register on a database of its own, with keys that live as long as the test. */
export async function registerWorld(options: { readonly url?: string; readonly clock?: Clock } = {}) {
  const clock = options.clock ?? fixedClock(now);
  const db: Database<RegisterTables & AuditTables> = await openDatabase({
    ...(options.url !== undefined && { url: options.url }),
    migrations: { envelope: envelopeMigration, audit: auditMigration, register: registerMigration },
  });
  const envelope = createEnvelope({
    app: 'issuer',
    env: 'test',
    keks: keksOf(new Map([['kek-1', new Uint8Array(32).fill(7)]]), 'kek-1'),
    blindIndexKey: new Uint8Array(32).fill(9),
    clock,
  });
  const register = createEmbeddedRegister({ db, envelope });
  const idCard = createIdCard({ clock, demoRegion: true });
  return { db, envelope, register, idCard, clock };
}
