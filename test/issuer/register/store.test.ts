import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../../issuer/demo/people.ts';
import { createEmbeddedRegister } from '../../../issuer/register/index.ts';
import type { ResidentNumber } from '../../../shared/id-card/index.ts';
import { now, registerWorld } from './register-world.ts';

async function peopled() {
  const world = await registerWorld();
  const people = demoPeople(world.idCard).map((row) => row.person);
  await world.db.transaction(async (trx) => {
    for (const person of people) await world.register.putPerson(trx, person, now);
  });
  const first = people[0];
  const second = people[1];
  if (first === undefined || second === undefined) throw new TypeError('demo people');
  return { ...world, people, first, second };
}

describe('the embedded register', () => {
  it('finds by number and by reference, and nobody by another', async () => {
    const { register, first, db } = await peopled();
    const found = await register.findPerson(first.number);
    expect(found?.person).toEqual(first);
    expect((await register.findPersonByRef(found?.ref ?? ''))?.person).toEqual(first);
    expect(await register.findPerson('330199199603104138' as ResidentNumber)).toBeUndefined();
    expect(await register.findPersonByRef('unknown')).toBeUndefined();
    await db.close();
  });

  it('nc-119 a copy of the tables tells nothing of a person', async () => {
    const { db, first } = await peopled();
    const dump = JSON.stringify([
      await db.kysely.selectFrom('person').selectAll().execute(),
      await db.kysely.selectFrom('data_key').selectAll().execute(),
    ]);
    const secrets = [
      first.number,
      first.name,
      first.birthdate,
      first.address.street,
      Buffer.from(first.number).toString('base64'),
    ];
    for (const secret of secrets) expect(dump).not.toContain(secret);
    await db.close();
  });

  it('nc-117 records swapped between two people open as neither', async () => {
    const { db, register, first, second } = await peopled();
    const one = await register.findPerson(first.number);
    const two = await register.findPerson(second.number);
    const sealed = async (id = '') =>
      (await db.kysely.selectFrom('person').select('sealed').where('id', '=', id).executeTakeFirstOrThrow()).sealed;
    const other = await sealed(two?.ref);
    await db.kysely
      .updateTable('person')
      .set({ sealed: other })
      .where('id', '=', one?.ref ?? '')
      .execute();
    await expect(register.findPerson(first.number)).rejects.toThrow('integrity');
    expect((await register.findPerson(second.number))?.person).toEqual(second);
    await db.close();
  });

  it('an index that leads to another person is refused, not followed', async () => {
    const { db, register, first, second } = await peopled();
    const rows = await db.kysely.selectFrom('person').select(['id', 'number_index']).execute();
    const two = await register.findPerson(second.number);
    const one = await register.findPerson(first.number);
    const index = rows.find((row) => row.id === one?.ref)?.number_index ?? '';
    await db.kysely
      .deleteFrom('person')
      .where('id', '=', one?.ref ?? '')
      .execute();
    await db.kysely
      .updateTable('person')
      .set({ number_index: index })
      .where('id', '=', two?.ref ?? '')
      .execute();
    await expect(register.findPerson(first.number)).rejects.toThrow('integrity');
    await db.close();
  });

  it('one number is one row', async () => {
    const { db } = await peopled();
    const row = await db.kysely.selectFrom('person').selectAll().executeTakeFirstOrThrow();
    await expect(
      db.kysely
        .insertInto('person')
        .values({ ...row, id: 'another' })
        .execute(),
    ).rejects.toThrow();
    await db.close();
  });

  it('a reader who meets an update reads the new record, not a fault', async () => {
    const { db, register, first, envelope } = await peopled();
    // The update happens exactly between the reader's two statements: before the first key is read.
    let updates = 3;
    const meddling: typeof envelope = {
      ...envelope,
      async open(trx, context, sealed) {
        if (updates > 0) {
          updates -= 1;
          await db.transaction((inner) => register.putPerson(inner, { ...first, name: `第${updates}名` }, now));
        }
        return envelope.open(trx, context, sealed);
      },
    };
    const reader = createEmbeddedRegister({ db, envelope: meddling });
    expect((await reader.findPerson(first.number))?.person.name).toBe('第0名');
    await db.close();
  });
});
