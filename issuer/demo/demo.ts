import * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import { civilDateAt, createIdCard } from '../../shared/id-card/index.ts';
import type { Bilingual } from '../../shared/look/index.ts';
import { ConfigError } from '../../shared/server/config.ts';
import type { Database } from '../../shared/server/database.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { Catalogue, Configuration } from '../catalogue/index.ts';
import type { Offers } from '../issuance/index.ts';
import type { EmbeddedRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import { offerPage, peoplePage, personPage } from './pages.ts';
import { type DemoPerson, demoPeople } from './people.ts';

export interface DemoDeps {
  readonly baseUrl: string;
  readonly name: Bilingual;
  readonly walletReceiveUrl: string | undefined;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly register: EmbeddedRegister;
  readonly catalogue: Catalogue;
  readonly offers: Offers;
}

const lifetimeSeconds = 600;
const tag = 'demo';
const page = { 200: { description: 'The page', type: 'text/html' } } as const;
const slugParams = z.object({ slug: z.string().regex(/^[a-z-]{1,32}$/) });
const offerForm = z.strictObject({ configuration_id: z.string().max(64), tx_code: z.literal('on').optional() });

/** Pages where a newcomer picks a synthetic person and is offered that person's credentials. Never in production. */
export function demoRoutes(deps: DemoDeps): readonly Route[] {
  const { clock, catalogue, offers, register, db } = deps;
  const people = new Map(peopleOf(clock).map((person) => [person.slug, person]));
  const frame = { name: deps.name, home: `${deps.baseUrl}/demo` };

  function find(slug: string): DemoPerson {
    const found = people.get(slug);
    if (found === undefined) throw new HufuError('not_found');
    return found;
  }

  function isOffered(configuration: Configuration, { person }: DemoPerson): boolean {
    try {
      catalogue.checkEligible(configuration, person, clock.now());
      return true;
    } catch {
      return false;
    }
  }

  return [
    route({
      method: 'GET',
      path: '/',
      summary: 'The people of the demo, for whoever typed the bare address',
      tag,
      replies: { 303: { description: 'To the first page of the demo' } },
      handle: async () => ({ status: 303, headers: { Location: frame.home }, text: '' }),
    }),
    route({
      method: 'GET',
      path: '/demo',
      summary: 'The people of the demo',
      tag,
      replies: page,
      handle: async () => peoplePage(frame, { people: [...people.values()], today: civilDateAt(clock.now()) }),
    }),
    route({
      method: 'GET',
      path: '/demo/portraits/:slug',
      summary: 'Portrait of a synthetic person, drawn',
      tag,
      params: slugParams,
      replies: { 200: { description: 'The picture', type: 'image/jpeg' } },
      handle: async ({ params }) => {
        const { picture } = find(params.slug).person;
        if (picture === undefined) throw new HufuError('not_found');
        return { bytes: picture, type: 'image/jpeg', headers: { 'Cache-Control': 'public, max-age=3600' } };
      },
    }),
    route({
      method: 'GET',
      path: '/demo/people/:slug',
      summary: 'One person and what can be offered',
      tag,
      params: slugParams,
      replies: page,
      handle: async ({ params }) => {
        const person = find(params.slug);
        const choices = catalogue.configurations.map((configuration) => ({
          configuration,
          offered: isOffered(configuration, person),
        }));
        return personPage(frame, { person, choices, today: civilDateAt(clock.now()) });
      },
    }),
    route({
      method: 'POST',
      path: '/demo/people/:slug',
      summary: 'Make an offer for a synthetic person',
      tag,
      params: slugParams,
      body: { type: 'form', schema: offerForm },
      rate: { points: 60, seconds: 60, key: 'ip' },
      replies: page,
      handle: async ({ params, body }) => {
        const person = find(params.slug);
        const configuration = catalogue.findConfiguration(body.configuration_id);
        if (configuration === undefined) throw new HufuError('unknown_configuration');
        catalogue.checkEligible(configuration, person.person, clock.now());
        const registered = await register.findPerson(person.person.number);
        if (registered === undefined) throw new HufuError('person_unknown');
        const offer = await db.transaction((trx) =>
          offers.createOffer(trx, {
            personId: registered.ref,
            configurationIds: [configuration.id],
            txCode: body.tx_code === 'on',
            byReference: true,
            lifetimeSeconds,
            actor: { id: 'demo', role: 'demo' },
          }),
        );
        return offerPage(frame, {
          person,
          configuration,
          offer,
          lifetimeSeconds,
          walletReceiveUrl: deps.walletReceiveUrl,
        });
      },
    }),
  ];
}

/** Puts the people of the demo into the register, those that are not there yet: references outlive a restart. */
export async function putDemoPeople(deps: Pick<DemoDeps, 'db' | 'clock' | 'register'>): Promise<void> {
  const missing: DemoPerson[] = [];
  for (const entry of peopleOf(deps.clock)) {
    if ((await deps.register.findPerson(entry.person.number)) === undefined) missing.push(entry);
  }
  if (missing.length === 0) return;
  await deps.db.transaction(async (trx) => {
    for (const { person } of missing) await deps.register.putPerson(trx, person, deps.clock.now());
  });
}

/** Production does not run on a register with synthetic people in it. Refused: `config_invalid`, which says so. */
export async function refuseDemoPeople(deps: Pick<DemoDeps, 'clock' | 'register'>): Promise<void> {
  for (const { person } of peopleOf(deps.clock)) {
    if ((await deps.register.findPerson(person.number)) !== undefined) {
      throw new ConfigError(['DATABASE_URL: the register holds people of the demo']);
    }
  }
}

function peopleOf(clock: Clock): readonly DemoPerson[] {
  return demoPeople(createIdCard({ clock, demoRegion: true }));
}
