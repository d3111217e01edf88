import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startEnrolmentWorld } from './enrolment-world.ts';

it('kill -9 while deciding leaves it undecided or wholly decided', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-killed-'));
  const databaseUrl = join(folder, 'issuer.sqlite');
  const dataDir = join(folder, 'issuer');
  const world = await startEnrolmentWorld({ databaseUrl, dataDir });
  const holder = await world.holder();
  await holder.fill(await world.person('lin-yizhou'), { way: 'camera' });
  await holder.send();
  const { id } = (await holder.get('application')).json.application;
  const version = (await world.enrolment.findForReview(id))?.version ?? 0;
  const script = new URL('./killed-decider.ts', import.meta.url).pathname;
  const everything = async () => {
    const { kysely } = world.issuer.db;
    const tables = ['application', 'application_evidence', 'data_key', 'holder_account', 'audit_entry'] as const;
    return JSON.stringify(await Promise.all(tables.map((name) => kysely.selectFrom(name).selectAll().execute())));
  };
  const before = await everything();
  let killed = 0;
  for (let count = 0; ; count += 4) {
    const args = [script, databaseUrl, dataDir, world.issuer.url, id, String(version), String(count)];
    const { signal, status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (signal === null) {
      expect(status).toBe(0);
      break;
    }
    expect(signal).toBe('SIGKILL');
    expect(await everything()).toBe(before);
    killed += 1;
  }
  expect(killed).toBeGreaterThan(3);
  expect(await world.enrolment.stateOf(id)).toEqual({ approved: world.issuer.personId('lin-yizhou') });
  expect((await world.issuer.audit(id)).filter(({ action }) => action === 'application.approve')).toHaveLength(1);
  const sealed = await world.issuer.db.kysely.selectFrom('application_evidence').select('sealed').execute();
  expect(sealed.every((row) => row.sealed === null)).toBe(true);
  await world.close();
  rmSync(folder, { recursive: true });
});
