import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../../issuer/demo/people.ts';
import { findContradiction, parsePerson, personItems, serializePerson } from '../../../issuer/register/person.ts';
import { findPictureFault } from '../../../issuer/register/picture.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { ageOn, createIdCard } from '../../../shared/id-card/index.ts';

const clock = fixedClock(Date.UTC(2026, 10, 22, 4) / 1000);
const idCard = createIdCard({ clock, demoRegion: true });
const people = demoPeople(idCard).map((row) => row.person);

describe('the people of the demo', () => {
  it('are twelve, minors and elders among them, two with a driving licence', () => {
    const ages = people.map((person) => ageOn(person.birthdate, '2026-11-22') ?? 0);
    expect(people).toHaveLength(12);
    expect(new Set(people.map((person) => person.number)).size).toBe(12);
    expect(ages.filter((age) => age < 14)).toHaveLength(1);
    expect(ages.filter((age) => age >= 14 && age < 18)).toHaveLength(2);
    expect(ages.filter((age) => age >= 60)).toHaveLength(2);
    expect(people.filter((person) => person.drivingLicence !== undefined)).toHaveLength(2);
  });

  it('satisfy every rule of the register, with a portrait of their own', () => {
    const pictures = new Set<string>();
    for (const person of people) {
      expect(findContradiction(person, idCard)).toBeUndefined();
      expect(personItems.name.safeParse(person.name).success).toBe(true);
      expect(personItems.street.safeParse(person.address.street).success).toBe(true);
      const picture = person.picture ?? new Uint8Array();
      expect(findPictureFault(picture)).toBeUndefined();
      pictures.add(Buffer.from(picture).toString('base64'));
      expect(parsePerson(serializePerson(person))).toEqual(person);
    }
    expect(pictures.size).toBe(12);
  });

  it('cannot exist outside the demo: their numbers are refused', () => {
    expect(() => demoPeople(createIdCard({ clock }))).toThrow('id_region');
  });
});
