import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importPeople } from '../../../issuer/register/index.ts';
import { checkCharacter, type ResidentNumber } from '../../../shared/id-card/index.ts';
import { readAudit } from '../../../shared/server/audit.ts';
import { registerWorld } from './register-world.ts';

const portrait = fileURLToPath(new URL('../../../issuer/demo/portraits/batu.jpg', import.meta.url));
const header =
  'number,name,sex,ethnicity,birthdate,region_code,region,street,card_authority,card_valid_from,card_valid_until,picture,licence_class,licence_valid_from,licence_valid_until,licence_file_number';

function numberOf(serial: number, birth = '19900101'): ResidentNumber {
  const digits = `330199${birth}${String(serial).padStart(3, '0')}`;
  return (digits + checkCharacter(digits)) as ResidentNumber;
}

const good = {
  number: numberOf(11),
  name: '测试人',
  sex: '1',
  ethnicity: '01',
  birthdate: '1990-01-01',
  region_code: '330199',
  region: '浙江省示例县',
  street: '望江路 1 号',
  card_authority: '示例县公安局',
  card_valid_from: '2020-01-01',
  card_valid_until: '2040-01-01',
  picture: '',
  licence_class: '',
  licence_valid_from: '',
  licence_valid_until: '',
  licence_file_number: '',
};
type Cells = Readonly<Record<string, string>>;
const row = (cells: Cells = {}) => Object.values({ ...good, ...cells }).join(',');

let folder: string;
let world: Awaited<ReturnType<typeof registerWorld>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-import-'));
  world = await registerWorld();
});
afterEach(async () => {
  await world.db.close();
  rmSync(folder, { recursive: true });
});

async function run(lines: readonly string[], name = 'people.csv') {
  writeFileSync(join(folder, name), `${lines.join('\r\n')}\r\n`);
  return importPeople(join(folder, name), world);
}
async function storedRows() {
  const { db } = world;
  const people = await db.kysely.selectFrom('person').selectAll().execute();
  const keys = await db.kysely.selectFrom('data_key').selectAll().execute();
  return { people: people.length, keys: keys.length, audit: (await readAudit(db.kysely)).length };
}
const nothing = { people: 0, keys: 0, audit: 0 };

describe('the import of people', () => {
  it('reads a file, pictures and licences included, and says what it did', async () => {
    copyFileSync(portrait, join(folder, 'face.jpg'));
    const licence = {
      licence_class: 'C1',
      licence_valid_from: '2015-05-05',
      licence_valid_until: 'long-term',
      licence_file_number: '330100123456',
    };
    const result = await run([
      header,
      row({ picture: 'face.jpg', ...licence }),
      row({ number: numberOf(13), name: '"测""试"'.replaceAll('"', '') }),
    ]);
    expect(result).toEqual({ added: 2, updated: 0 });
    const found = await world.register.findPerson(good.number);
    expect(found?.person).toEqual({
      number: good.number,
      name: '测试人',
      sex: 1,
      ethnicity: '01',
      birthdate: '1990-01-01',
      address: { regionCode: '330199', region: '浙江省示例县', street: '望江路 1 号' },
      picture: new Uint8Array(readFileSync(portrait)),
      card: { authority: '示例县公安局', validFrom: '2020-01-01', validUntil: '2040-01-01' },
      drivingLicence: { class: 'C1', validFrom: '2015-05-05', validUntil: 'long-term', fileNumber: '330100123456' },
    });
    expect(await storedRows()).toEqual({ people: 2, keys: 2, audit: 1 });
  });

  it('updates a person who is there, keeps the reference, and shreds the former record', async () => {
    await run([header, row()]);
    const before = await world.register.findPerson(good.number);
    const oldRow = await world.db.kysely.selectFrom('person').selectAll().executeTakeFirstOrThrow();
    expect(await run([header, row({ name: '新名字' })])).toEqual({ added: 0, updated: 1 });
    const after = await world.register.findPersonByRef(before?.ref ?? '');
    expect(after?.person.name).toBe('新名字');
    expect(after?.ref).toBe(before?.ref);
    const context = { table: 'person', column: 'sealed', row: oldRow.id };
    await expect(world.envelope.open(world.db.kysely, context, oldRow.sealed)).rejects.toThrow('integrity');
    expect(await storedRows()).toEqual({ people: 1, keys: 1, audit: 2 });
  });

  it('columns may stand in another order and the optional ones may be missing', async () => {
    const {
      picture: _p,
      licence_class: _c,
      licence_valid_from: _f,
      licence_valid_until: _u,
      licence_file_number: _n,
      ...required
    } = good;
    const names = Object.keys(required).reverse();
    const cells = Object.values(required).reverse();
    expect(await run([names.join(','), cells.join(',')])).toEqual({ added: 1, updated: 0 });
  });

  it('one bad row in the middle refuses the whole file, and every bad row is named by line and reason', async () => {
    const lines = [
      header,
      row(),
      row({ number: `${good.number.slice(0, 17)}${good.number.endsWith('1') ? '2' : '1'}` }),
      row({ number: '110105491231002', name: '' }),
      row({ number: numberOf(15), sex: '2' }),
      row({ number: numberOf(17), birthdate: '1990-01-02', picture: 'none.jpg' }),
      row(),
      'too,few',
      row({ number: numberOf(19), ethnicity: '57', region_code: '990101' }),
      row({ number: numberOf(21), licence_class: 'C1' }),
      row({ number: numberOf(23) }),
    ];
    const result = await run(lines);
    expect(result.faults).toEqual([
      { line: 3, column: 'number', reason: 'id_check_digit' },
      { line: 4, column: 'number', reason: 'id_format' },
      { line: 4, column: 'name', reason: 'missing' },
      { line: 5, column: 'sex', reason: 'sex_differs' },
      { line: 6, column: 'picture', reason: 'picture_path' },
      { line: 7, column: 'number', reason: 'duplicate' },
      { line: 8, reason: 'column_count' },
      { line: 9, column: 'ethnicity', reason: 'value' },
      { line: 9, column: 'region_code', reason: 'value' },
      { line: 10, column: 'licence_valid_from', reason: 'missing' },
      { line: 10, column: 'licence_valid_until', reason: 'missing' },
      { line: 10, column: 'licence_file_number', reason: 'missing' },
    ]);
    expect(await storedRows()).toEqual(nothing);
  });

  it.each([
    ['name', '<script>', 'value'],
    ['name', '=HYPERLINK(1)', 'value'],
    ['name', ' 测试', 'value'],
    ['name', '测\u200b试', 'value'],
    ['name', 'e\u0301', 'value'],
    ['name', '字'.repeat(101), 'value'],
    ['street', '望江路\u202e1', 'value'],
    ['sex', '9', 'value'],
    ['sex', '１', 'value'],
    ['birthdate', '1990-02-30', 'value'],
    ['birthdate', '1990-01-02', 'birthdate_differs'],
    ['card_valid_until', '长期', 'value'],
    ['card_valid_from', '1989-12-31', 'card_dates'],
    ['number', '810000199408230021', 'id_kind'],
    ['number', '', 'missing'],
    ['region', '', 'missing'],
  ])('nc-066 refuses %s = %j as %s', async (column, value, reason) => {
    const result = await run([header, row({ [column]: value })]);
    expect(result.faults?.[0]?.reason).toBe(reason);
    expect(result.faults).toHaveLength(1);
    expect(await storedRows()).toEqual(nothing);
  });

  it('a period that ends before it begins is refused, for card and licence', async () => {
    const licence = {
      licence_class: 'C1',
      licence_valid_from: '2015-05-05',
      licence_valid_until: '2015-05-05',
      licence_file_number: '330100123456',
    };
    expect((await run([header, row({ card_valid_until: '2020-01-01' })])).faults).toEqual([
      { line: 2, column: 'card_valid_until', reason: 'card_dates' },
    ]);
    expect((await run([header, row(licence)])).faults).toEqual([
      { line: 2, column: 'licence_valid_until', reason: 'licence_dates' },
    ]);
  });

  it.each([
    ['a column nobody knows', `${header},salary`, [{ line: 1, reason: 'header' }]],
    ['a column twice', `${header},name`, [{ line: 1, reason: 'header' }]],
    ['a required column missing', header.replace('street,', ''), [{ line: 1, reason: 'header' }]],
    ['no people', header, [{ line: 1, reason: 'empty' }]],
  ])('refuses a file with %s', async (_name, head, faults) => {
    expect(await run([head])).toEqual({ faults });
  });

  it('refuses a file that is not UTF-8, behind good rows', async () => {
    const bytes = Buffer.concat([Buffer.from(`${header}\n${row()}\n`), Buffer.from([0xb2, 0xe2, 0x0a])]);
    writeFileSync(join(folder, 'gbk.csv'), bytes);
    const result = await importPeople(join(folder, 'gbk.csv'), world);
    expect(result.faults?.at(-1)).toEqual({ line: expect.any(Number), reason: 'utf8' });
    expect(await storedRows()).toEqual(nothing);
  });

  it('pictures come from below the folder of the file and nowhere else', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'hufu-outside-'));
    copyFileSync(portrait, join(outside, 'face.jpg'));
    symlinkSync(join(outside, 'face.jpg'), join(folder, 'link.jpg'));
    mkdirSync(join(folder, 'faces'));
    copyFileSync(portrait, join(folder, 'faces', 'a.jpg'));
    const reasonFor = async (picture: string) => (await run([header, row({ picture })])).faults?.[0]?.reason;
    expect(await reasonFor(join(outside, 'face.jpg'))).toBe('picture_path');
    copyFileSync(portrait, join(folder, 'inside.jpg'));
    expect(await reasonFor(join(folder, 'inside.jpg'))).toBe('picture_path');
    expect(await reasonFor('../face.jpg')).toBe('picture_path');
    expect(await reasonFor('link.jpg')).toBe('picture_path');
    expect(await reasonFor('faces')).toBe('picture_path');
    expect(await reasonFor('people.csv')).toBe('picture_format');
    expect(await reasonFor('faces/a.jpg')).toBeUndefined();
    rmSync(outside, { recursive: true });
  });

  it.each([
    ['a row twice', () => [header, row(), row()]],
    ['a bad row', () => [header, row({ sex: '2' })]],
    ['nobody', () => [header]],
  ])('a file that changes while it is read imports nothing: %s', async (_name, after) => {
    const path = join(folder, 'changing.csv');
    writeFileSync(path, `${header}\n${row()}\n`);
    let rewritten = false;
    const idCard = {
      ...world.idCard,
      parseResidentNumber(text: string) {
        if (!rewritten) {
          // Another file under the same name: the first pass still reads the one it opened.
          writeFileSync(`${path}.new`, `${after().join('\n')}\n`);
          renameSync(`${path}.new`, path);
        }
        rewritten = true;
        return world.idCard.parseResidentNumber(text);
      },
    };
    await expect(importPeople(path, { ...world, idCard })).rejects.toThrow('conflict');
    expect(await storedRows()).toEqual(nothing);
  });

  it('synthetic numbers are refused outside the demo', async () => {
    const { createIdCard } = await import('../../../shared/id-card/index.ts');
    writeFileSync(join(folder, 'demo.csv'), `${header}\n${row()}\n`);
    const result = await importPeople(join(folder, 'demo.csv'), {
      ...world,
      idCard: createIdCard({ clock: world.clock }),
    });
    expect(result.faults?.map((fault) => fault.reason)).toEqual(['id_region', 'value']);
  });

  it('20,000 people cost less than a fifth of a minute of processor time: 100,000 take less than a minute', {
    timeout: 120_000,
  }, async () => {
    const onDisk = await registerWorld({ url: join(folder, 'register.db') });
    const days = Array.from({ length: 40 }, (_, day) =>
      new Date(Date.UTC(1980, 0, 1 + day)).toISOString().slice(0, 10),
    );
    const lines = days.flatMap((birthdate) =>
      Array.from({ length: 500 }, (_, serial) =>
        row({ number: numberOf(serial * 2 + 1, birthdate.replaceAll('-', '')), birthdate }),
      ),
    );
    writeFileSync(join(folder, 'many.csv'), `${[header, ...lines].join('\n')}\n`);
    const started = process.cpuUsage();
    expect(await importPeople(join(folder, 'many.csv'), onDisk)).toEqual({ added: 20_000, updated: 0 });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000_000).toBeLessThan(12);
    expect(await onDisk.register.countPeople()).toBe(20_000);
    await onDisk.db.close();
  });
});
