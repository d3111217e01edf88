/** The drawn people as an authority would hand them over: a CSV and a folder of portraits. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoPeople } from '../../issuer/demo/people.ts';
import { systemClock } from '../../shared/clock.ts';
import { createIdCard } from '../../shared/id-card/index.ts';

const columns = [
  'number',
  'name',
  'sex',
  'ethnicity',
  'birthdate',
  'region_code',
  'region',
  'street',
  'card_authority',
  'card_valid_from',
  'card_valid_until',
  'picture',
] as const;

/** Writes `people.csv` and its pictures; the path of the file. */
export async function writePeopleCsv(folder: string): Promise<string> {
  await mkdir(join(folder, 'pictures'), { recursive: true });
  const rows: string[] = [columns.join(',')];
  for (const { slug, person } of demoPeople(createIdCard({ clock: systemClock, demoRegion: true }))) {
    if (person.picture !== undefined) await writeFile(join(folder, 'pictures', `${slug}.jpg`), person.picture);
    const row: Record<(typeof columns)[number], string> = {
      number: person.number,
      name: person.name,
      sex: String(person.sex),
      ethnicity: person.ethnicity,
      birthdate: person.birthdate,
      region_code: person.address.regionCode,
      region: person.address.region,
      street: person.address.street,
      card_authority: person.card.authority,
      card_valid_from: person.card.validFrom,
      card_valid_until: person.card.validUntil,
      picture: person.picture === undefined ? '' : `pictures/${slug}.jpg`,
    };
    rows.push(columns.map((column) => row[column]).join(','));
  }
  const file = join(folder, 'people.csv');
  await writeFile(file, `${rows.join('\n')}\n`);
  return file;
}
