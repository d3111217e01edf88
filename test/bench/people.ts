/** Synthetic people, numbered in the county that does not exist, as a file for `npm run register:import`. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCharacter, demoRegionCode } from '../../shared/id-card/index.ts';
import { runCommand } from '../support/processes.ts';
import type { Settings } from './service.ts';

const portrait = fileURLToPath(new URL('../../issuer/demo/portraits/batu.jpg', import.meta.url));
const header = `number,name,sex,ethnicity,birthdate,region_code,region,street,card_authority,card_valid_from,card_valid_until,picture`;

/** The number of the person with this serial: a new birthday every 400 people. */
export function numberOf(serial: number): string {
  const digits = `${demoRegionCode}${birthOf(serial).replaceAll('-', '')}${String(100 + (serial % 400)).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
}

function birthOf(serial: number): string {
  return new Date(Date.UTC(1960, 0, 1 + Math.floor(serial / 400))).toISOString().slice(0, 10);
}

/** Imports the people `from` up to before `to` into the issuer's register; microseconds are wall time for each. */
export async function importPeople(folder: string, from: number, to: number, settings: Settings): Promise<number> {
  copyFileSync(portrait, join(folder, 'p.jpg'));
  const rows = [header];
  for (let serial = from; serial < to; serial++) {
    const sex = serial % 2 === 0 ? 2 : 1;
    rows.push(
      `${numberOf(serial)},测试人,${sex},01,${birthOf(serial)},${demoRegionCode},浙江省示例县,望江路 ${serial} 号,示例县公安局,2020-01-01,2040-01-01,p.jpg`,
    );
  }
  const file = join(folder, 'people.csv');
  writeFileSync(file, `${rows.join('\n')}\n`);
  const began = performance.now();
  const { code, stderr } = await runCommand('issuer/register/import.ts', [file], settings);
  if (code !== 0) throw new Error(`import: ${stderr.slice(0, 500)}`);
  return (1000 * (performance.now() - began)) / (to - from);
}
