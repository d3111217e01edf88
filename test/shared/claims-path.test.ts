import { describe, expect, it } from 'vitest';
import { isWithin, locateClaims, type Path, selectPath } from '../../shared/claims-path.ts';
import { parseJsonObject } from '../../shared/encoding/index.ts';

/** The example of OpenID4VP 1.0 section 7.3. */
const arthur = parseJsonObject(`{
  "name": "Arthur Dent",
  "address": { "street_address": "42 Market Street", "locality": "Milliways", "postal_code": "12345" },
  "degrees": [
    { "type": "Bachelor of Science", "university": "University of Betelgeuse" },
    { "type": "Master of Science", "university": "University of Betelgeuse", "with": null }
  ],
  "nationalities": ["British", "Betelgeusian"]
}`);

describe('claims path pointer (OpenID4VP 1.0 section 7)', () => {
  it.each<[Path, unknown[]]>([
    [['name'], ['Arthur Dent']],
    [['address', 'street_address'], ['42 Market Street']],
    [['nationalities', 1], ['Betelgeusian']],
    [
      ['nationalities', null],
      ['British', 'Betelgeusian'],
    ],
    [
      ['degrees', null, 'type'],
      ['Bachelor of Science', 'Master of Science'],
    ],
    [['degrees', null, 'with'], [null]],
    [['degrees', 1, 'with'], [null]],
  ])('%j selects', (path, values) => {
    expect(selectPath(arthur, path)).toEqual(values);
  });

  it.each<[Path]>([
    [[]],
    [['absent']],
    [['name', 'first']],
    [['name', null]],
    [['address', 0]],
    [['address', null]],
    [['nationalities', 'British']],
    [['nationalities', 2]],
    [['nationalities', -1]],
    [['nationalities', 0.5]],
    [['nationalities', 'length']],
    [['degrees', null, 'type', 0]],
    [['toString']],
    [['__proto__']],
  ])('%j selects nothing', (path) => {
    expect(selectPath(arthur, path)).toEqual([]);
    expect(selectPath(JSON.parse(JSON.stringify(arthur)), path)).toEqual([]);
  });

  it('selects nothing at all where one of several values is of the wrong kind', () => {
    expect(selectPath({ list: [{ a: 1 }, 'text'] }, ['list', null, 'a'])).toEqual([]);
    expect(selectPath({ list: [{ a: 1 }, {}] }, ['list', null, 'a'])).toEqual([1]);
  });

  it('says where each value is', () => {
    expect(locateClaims(arthur, ['degrees', null, 'type']).map((claim) => claim.place)).toEqual([
      ['degrees', 0, 'type'],
      ['degrees', 1, 'type'],
    ]);
  });

  it('knows what lies within what', () => {
    expect(isWithin(['a', 'b'], ['a'])).toBe(true);
    expect(isWithin(['a'], ['a'])).toBe(true);
    expect(isWithin(['a'], ['a', 'b'])).toBe(false);
    expect(isWithin(['ab'], ['a'])).toBe(false);
    expect(isWithin(['a', 1], ['a', '1'])).toBe(false);
  });
});
