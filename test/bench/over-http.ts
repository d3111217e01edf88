/** The services under load, one after the other in one world: what a person costs, with few and with more of them. */

import { freePort } from '../support/free-port.ts';
import { measureIssuance, startOffice } from './issuance.ts';
import type { Figure } from './measure.ts';
import { importPeople } from './people.ts';
import { measurePresentations, startDesk } from './presentation.ts';
import { searchFigures } from './register.ts';
import { listServingFigures } from './status-list.ts';

const few = 1_000;
const many = 10_000;
const holders = 80;

export async function overHttpFigures(folder: string): Promise<Figure[]> {
  const port = await freePort();
  let office = await startOffice(folder, port);
  await importPeople(folder, 0, few, office.settings);
  const sd = { holders, configurationId: 'resident-id-sd-jwt', target: 80 };
  const first = await measureIssuance(office, 'dc+sd-jwt: 10 copies, offer to notification', { ...sd, from: 0 });
  const vc = { holders: 40, configurationId: 'resident-id-vc-jwt', target: 80 };
  const second = await measureIssuance(office, 'jwt_vc_json: 10 copies, offer to notification', { ...vc, from: 100 });

  const desk = await startDesk(folder, office.service.url);
  const shown = [
    ...(await measurePresentations(desk, 'dc+sd-jwt', first.held.slice(0, 340))),
    ...(await measurePresentations(desk, 'jwt_vc_json', second.held.slice(0, 240))),
  ];
  await desk.service.stop();
  const served = await listServingFigures(office.service);
  await office.service.stop();

  // The same office, a much larger register, and everything in it that was issued before.
  const micros = await importPeople(folder, few, many, office.settings);
  const found = await searchFigures(many, office.settings);
  office = await startOffice(folder, port);
  const name = `dc+sd-jwt: the same with ${many.toLocaleString('en')} people instead of ${few.toLocaleString('en')}`;
  const third = await measureIssuance(office, name, { ...sd, from: 5_000 });
  await office.service.stop();
  const growth = (100 * (third.figure.v / first.figure.v - 1)).toFixed(0);
  const grown = { ...third.figure, detail: `${growth} % over ${few.toLocaleString('en')} people, target +-10 %` };
  const minute = `${((100_000 * micros) / 1e6).toFixed(0)} s for 100,000 at this rate, measured on ${many - few}`;
  const imported = { name: 'register: import one person (time that passed)', micros, v: Number.NaN, detail: minute };
  return [first.figure, second.figure, grown, ...shown, ...served, ...found, imported];
}
