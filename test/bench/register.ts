/** People at rest: importing them, finding one by number, and whether more of them make the next card dearer. */
import { readIssuerConfig } from '../../issuer/config.ts';
import { createIssuerEnvelope } from '../../issuer/issuer.ts';
import { openIssuerKeys } from '../../issuer/keys/index.ts';
import { createEmbeddedRegister } from '../../issuer/register/index.ts';
import { openIssuerDatabase } from '../../issuer/start.ts';
import { systemClock } from '../../shared/clock.ts';
import { createIdCard } from '../../shared/id-card/index.ts';
import { described, inParallel } from './load.ts';
import { type Figure, measure } from './measure.ts';
import { numberOf } from './people.ts';
import type { Settings } from './service.ts';

/** Finds people in the register of an issuer at rest, as the issuer itself would. */
export async function searchFigures(people: number, settings: Settings): Promise<Figure[]> {
  const { config, place } = readIssuerConfig(settings);
  const clock = systemClock;
  const keys = await openIssuerKeys(config, place, clock);
  const db = await openIssuerDatabase(place);
  const register = createEmbeddedRegister({ db, envelope: createIssuerEnvelope({ config, clock, keys }) });
  const idCard = createIdCard({ clock, demoRegion: true });
  // A step that shares no factor with the number of people comes to everybody.
  let at = 0;
  const find = async () => {
    at = (at + 7_919) % people;
    const found = await register.findPerson(idCard.parseResidentNumber(numberOf(at)));
    if (found === undefined) throw new Error('somebody is missing');
  };
  const name = `register: find by number among ${people.toLocaleString('en')} sealed people`;
  const figure = await measure(name, find);
  const times = described(await inParallel(Array.from({ length: 2_000 }), 1, find));
  await db.close();
  return [{ ...figure, detail: `one at a time: ${times}; target p99 50 ms among 1,000,000` }];
}
