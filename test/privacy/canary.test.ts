/** Marked people go through whole flows, honest and spoiled; then every log line, answer, address and database byte is searched for them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople } from '../../issuer/demo/people.ts';
import { systemClock } from '../../shared/clock.ts';
import { createIdCard } from '../../shared/id-card/index.ts';
import { eachDatabase } from '../support/databases.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { filesBelow, spellings, valuesIn } from '../support/traces.ts';
import { configurations, startWorld, type World } from '../support/world.ts';

const people = demoPeople(createIdCard({ clock: systemClock, demoRegion: true }));

function personal(slug: string): Readonly<Record<string, string>> {
  const person = people.find((candidate) => candidate.slug === slug)?.person;
  if (person?.picture === undefined) throw new TypeError(`no demo person ${slug}`);
  const middle = Math.floor(person.picture.length / 2);
  return {
    name: person.name,
    number: person.number,
    birthdate: person.birthdate,
    street: person.address.street,
    'four digits with birthday': person.number.slice(6),
    portrait: Buffer.from(person.picture.subarray(middle, middle + 48)).toString('latin1'),
  };
}

it('the search itself finds a value in every spelling', () => {
  const value = '望江路 12 号 3 幢 502 室';
  for (const text of [
    value,
    JSON.stringify({ value }),
    encodeURIComponent(value),
    Buffer.from(value).toString('hex'),
  ]) {
    expect(valuesIn(Buffer.from(`left ${text} right`), { street: value })).toEqual(['street']);
  }
  for (const shift of ['', 'a', 'ab', 'abc']) {
    const coded = Buffer.from(`${shift}${value}${shift}`).toString('base64url');
    expect(valuesIn(Buffer.from(coded), { street: value })).toEqual(['street']);
  }
  expect(valuesIn(Buffer.from('nothing of the kind'), { street: value })).toEqual([]);
  expect(spellings(value).length).toBeGreaterThan(8);
});

eachDatabase('nc-127 after whole flows nothing personal is left outside sealed columns', (engine) => {
  let world: World;
  let folder: string;
  let databases: readonly string[];
  const answers: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hufu-canary-'));
    databases = [await engine.freshUrl(), await engine.freshUrl()];
    const [issuerDatabaseUrl = '', verifierDatabaseUrl = ''] = databases;
    world = await startWorld({ issuerDatabaseUrl, verifierDatabaseUrl, statusMaxAge: 0 });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function note(answer: Promise<Response>): Promise<void> {
    const response = await answer;
    answers.push(response.url, await response.text(), JSON.stringify([...response.headers]));
  }

  it('in logs, refusals, addresses and databases', { timeout: 300_000 }, async () => {
    const marked = ['lin-yizhou', 'wang-jianguo', 'li-yutong'];
    const asked: string[] = [];
    for (const slug of marked) {
      for (const configurationId of Object.values(configurations)) {
        const wallet = await world.wallet();
        const offer = await world.issuer.offer(slug, { configurationIds: [configurationId], byReference: true });
        await wallet.receive(offer.link);
        const { json: request } = await world.api('POST', '/api/requests', {
          scene: 'hotel',
          device: 'cross',
          context: { room: '1208' },
        });
        const shown = await wallet.show(request.qr);
        const result = await world.api('POST', `/api/requests/${request.id}/match`, {
          match_number: shown.opened.matchNumber,
        });
        expect(result.json.result.claims.name).toBe(personal(slug).name);
        const kept = await world.api('POST', `/api/requests/${request.id}/complete`, { portrait_compared: true });
        expect(kept.status).toBe(204);
        asked.push(...wallet.asked, request.qr);
      }
      // Spoiled: personal values where they do not belong must not come back, nor be written down.
      const { name = '', number = '' } = personal(slug);
      for (const base of [world.issuer.url, world.verifierUrl]) {
        const json = { 'content-type': 'application/json' };
        await note(fetch(`${base}/${encodeURIComponent(number)}?name=${encodeURIComponent(name)}`));
        await note(
          fetch(`${base}/admin/offers`, { method: 'POST', headers: json, body: JSON.stringify({ number, name }) }),
        );
        await note(
          fetch(`${base}/credential`, {
            method: 'POST',
            headers: { ...json, authorization: `DPoP ${number}` },
            body: `{"${number}":"${number}"}`,
          }),
        );
        await note(
          fetch(`${base}/token`, {
            method: 'POST',
            body: new URLSearchParams({ 'pre-authorized_code': number, tx_code: number, grant_type: number }),
          }),
        );
        await note(
          fetch(`${base}/api/requests`, {
            method: 'POST',
            headers: { ...json, authorization: `Bearer ${number}` },
            body: JSON.stringify({ scene: number }),
          }),
        );
        await note(
          fetch(`${base}/response/${number}`, {
            method: 'POST',
            body: new URLSearchParams({ response: number, state: name }),
          }),
        );
      }
    }

    const places = new Map<string, Buffer>([
      ['logs', Buffer.from(world.logLines.join('\n'))],
      // What was sent in a path comes back in response.url: only what the services wrote counts.
      ['answers', Buffer.from(answers.filter((_, index) => index % 3 !== 0).join('\n'))],
      ['addresses the wallet used', Buffer.from(asked.join('\n'))],
      ['keys and certificates', Buffer.concat([...(await filesBelow(world.folder)).values()])],
    ]);
    for (const url of databases) for (const [place, bytes] of await dumpTables(url)) places.set(place, bytes);
    expect(world.logLines.length).toBeGreaterThan(50);
    expect(places.size).toBeGreaterThan(8);

    for (const slug of marked) {
      for (const [place, bytes] of places) expect([place, ...valuesIn(bytes, personal(slug))]).toEqual([place]);
    }
  });
});
