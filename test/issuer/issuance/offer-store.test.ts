import { beforeAll, expect, it } from 'vitest';
import {
  bindOffer,
  cancelOffer,
  completeOffer,
  countWrongTxCode,
  holdOffer,
  lockOffer,
  maxWrongTxCodes,
  putOffer,
  retrySeconds,
} from '../../../issuer/issuance/offer-store.ts';
import type { IssuanceTables } from '../../../issuer/issuance/tables.ts';
import { issuanceMigration } from '../../../issuer/migrations/003-issuance.ts';
import type { Database } from '../../../shared/server/database.ts';
import { eachDatabase } from '../../support/databases.ts';

const now = 10_000;

eachDatabase('offers at rest', (engine) => {
  let db: Database<IssuanceTables>;
  let made = 0;
  beforeAll(async () => {
    db = await engine.open<IssuanceTables>({ '003-issuance': issuanceMigration });
  });

  async function newOffer(expiresAt = now + 100): Promise<string> {
    made += 1;
    const id = `offer-${made}`;
    await putOffer(db.kysely, {
      id,
      person_ref: 'p',
      configuration_ids: '["c"]',
      configuration_count: 1,
      code_hash: `code-${made}`,
      reference_hash: null,
      tx_code_mac: null,
      created_by: 'op',
      created_at: now,
      expires_at: expiresAt,
    });
    return id;
  }
  const bind = (id: string, jkt: string, at = now) => db.transaction((trx) => bindOffer(trx, id, jkt, at));
  const hold = (id: string, jkt: string, at = now) => db.transaction((trx) => holdOffer(trx, id, jkt, at));

  it('of fifty keys at once one binds, without any lock before', async () => {
    const id = await newOffer();
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => bind(id, `key-${n}`)));
    expect(outcomes.filter((bound) => bound)).toHaveLength(1);
  });

  it('the same key binds again within its time, another never', async () => {
    const id = await newOffer();
    expect(await bind(id, 'a')).toBe(true);
    expect([await bind(id, 'b'), await bind(id, 'a', now + retrySeconds - 1)]).toEqual([false, true]);
    expect([await bind(id, 'a', now + retrySeconds), await bind(id, 'b', now + retrySeconds)]).toEqual([false, false]);
  });

  it('nobody binds an offer that ended, was cancelled, completed or guessed to death', async () => {
    expect([await bind(await newOffer(now), 'a'), await bind(await newOffer(now + 1), 'a')]).toEqual([false, true]);
    const [cancelled, completed, blocked, twin] = [
      await newOffer(),
      await newOffer(),
      await newOffer(),
      await newOffer(),
    ];
    expect(await db.transaction((trx) => cancelOffer(trx, cancelled, now))).toBe(true);
    await db.transaction((trx) => completeOffer(trx, completed, now));
    for (let n = 0; n < maxWrongTxCodes; n += 1) await db.transaction((trx) => countWrongTxCode(trx, blocked));
    for (let n = 1; n < maxWrongTxCodes; n += 1) await db.transaction((trx) => countWrongTxCode(trx, twin));
    for (const id of [cancelled, completed, blocked]) expect(await bind(id, 'a')).toBe(false);
    expect(await bind(twin, 'a')).toBe(true);
  });

  it('only the key that bound it holds an offer, and only while it lives', async () => {
    const id = await newOffer();
    expect(await hold(id, 'a')).toBe(false);
    await bind(id, 'a');
    expect([await hold(id, 'a'), await hold(id, 'b')]).toEqual([true, false]);
    expect([await hold(id, 'a', now + retrySeconds - 1), await hold(id, 'a', now + retrySeconds)]).toEqual([
      true,
      false,
    ]);
    const [cancelled, completed] = [await newOffer(), await newOffer()];
    for (const each of [cancelled, completed]) await bind(each, 'a');
    await db.transaction((trx) => cancelOffer(trx, cancelled, now));
    await db.transaction((trx) => completeOffer(trx, completed, now));
    expect([await hold(cancelled, 'a'), await hold(completed, 'a')]).toEqual([false, false]);
  });

  it('a locked offer is counted by one transaction after the other', async () => {
    const id = await newOffer();
    const tries = Array.from({ length: 20 }, () =>
      db.transaction(async (trx) => {
        const row = await lockOffer(trx, `code-${made}`);
        if (row === undefined || row.tx_code_wrong >= maxWrongTxCodes) return false;
        await countWrongTxCode(trx, id);
        return true;
      }),
    );
    expect((await Promise.all(tries)).filter((counted) => counted)).toHaveLength(maxWrongTxCodes);
  });

  it('a second live set of one configuration is impossible, whatever the program does', async () => {
    const id = await newOffer();
    const put = (name: string, configuration: string, endedAt: number | null) =>
      db.kysely
        .insertInto('issuance')
        .values({
          id: `${id}-${name}`,
          offer_id: id,
          person_ref: 'p',
          configuration_id: configuration,
          notification_hash: `${id}-${name}`,
          created_at: now,
          expires_at: now + 1,
          accepted_at: null,
          ended_at: endedAt,
          end_reason: endedAt === null ? null : 'superseded',
        })
        .execute();
    await put('1', 'c', now);
    await put('2', 'c', now);
    await put('3', 'c', null);
    await put('4', 'other', null);
    await expect(put('5', 'c', null)).rejects.toThrow();
  });
});
