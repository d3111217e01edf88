/**
 * Small photos that lie in `specimens/`, so that tests need neither fonts nor a canvas: cards of the demo's synthetic
 * people, marked 样张. Drawn anew with `node test/support/cards/draw-specimens.ts`.
 */
import { readFileSync } from 'node:fs';
import { demoPeople } from '../../../issuer/demo/people.ts';
import { longTerm } from '../../../issuer/register/index.ts';
import { systemClock } from '../../../shared/clock.ts';
import { createIdCard, ethnicGroupName } from '../../../shared/id-card/index.ts';
import type { CardPerson } from './people.ts';

export const specimenNames = [
  'front-clean',
  'back-clean',
  'front-upside-down',
  'front-standing',
  'back-standing',
  'front-worn',
  'front-blurred',
  'front-glaring',
  'front-small',
  'back-long-term',
  'no-card',
] as const;

export type SpecimenName = (typeof specimenNames)[number];

export function readSpecimen(name: SpecimenName): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`specimens/${name}.jpg`, import.meta.url)));
}

/** What is printed on the card of one of the demo's people. */
export function demoCardPerson(slug: string): CardPerson & { readonly picture: Uint8Array | undefined } {
  const idCard = createIdCard({ clock: systemClock, demoRegion: true });
  const found = demoPeople(idCard).find((one) => one.slug === slug);
  if (found === undefined) throw new TypeError(`nobody in the demo is called ${slug}`);
  const { name, number, birthdate, sex, ethnicity, address, card, picture } = found.person;
  return {
    name,
    number,
    birthdate,
    sex: sex === 1 ? '男' : '女',
    ethnicity: ethnicGroupName(ethnicity, 'zh-Hans') ?? '',
    address: address.region + address.street.replaceAll(' ', ''),
    authority: card.authority,
    validFrom: card.validFrom,
    validUntil: card.validUntil === longTerm ? '长期' : card.validUntil,
    picture,
  };
}
