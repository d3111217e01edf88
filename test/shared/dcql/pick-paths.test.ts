import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Path, pickPaths, selectPath } from '../../../shared/dcql/index.ts';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';

const claims: JsonObject = {
  name: '虎符',
  address: { region: 'r', street: 's', geo: { lat: 1, lon: 2 } },
  nationalities: ['CN', 'XX', null],
  degrees: [{ type: 'a', year: 1 }, { type: 'b', year: 2 }, { year: 3 }],
  matrix: [
    [1, 2],
    [3, 4],
  ],
  nothing: null,
};

describe('pickPaths keeps what was asked for and drops the rest', () => {
  it.each<[Path[], unknown]>([
    [[], {}],
    [[['name']], { name: '虎符' }],
    [[['absent'], ['name', 'first'], []], {}],
    [[['nothing']], { nothing: null }],
    [[['address', 'region']], { address: { region: 'r' } }],
    [
      [
        ['address', 'region'],
        ['address', 'geo', 'lat'],
      ],
      { address: { region: 'r', geo: { lat: 1 } } },
    ],
    [[['address', 'region'], ['address']], { address: claims.address }],
    [[['address'], ['address', 'region']], { address: claims.address }],
    [[['nationalities', 1]], { nationalities: ['XX'] }],
    [[['nationalities', 2]], { nationalities: [null] }],
    [[['nationalities', null]], { nationalities: ['CN', 'XX', null] }],
    [
      [
        ['nationalities', 2],
        ['nationalities', 0],
      ],
      { nationalities: ['CN', null] },
    ],
    [[['degrees', null, 'type']], { degrees: [{ type: 'a' }, { type: 'b' }] }],
    [
      [
        ['degrees', null, 'type'],
        ['degrees', 2, 'year'],
      ],
      { degrees: [{ type: 'a' }, { type: 'b' }, { year: 3 }] },
    ],
    [[['degrees', 1]], { degrees: [{ type: 'b', year: 2 }] }],
    [[['matrix', null, 1]], { matrix: [[2], [4]] }],
    [[['matrix', 0]], { matrix: [[1, 2]] }],
    [
      [
        ['name', null],
        ['address', 'absent'],
      ],
      {},
    ],
  ])('%j', (paths, expected) => {
    expect(pickPaths(claims, paths)).toEqual(expected);
  });

  it('gives objects without a prototype, and copies', () => {
    const picked = pickPaths(claims, [['address'], ['degrees', null, 'type']]);
    const { address, degrees } = picked;
    for (const object of [picked, address, Array.isArray(degrees) ? degrees[0] : undefined]) {
      expect(Object.getPrototypeOf(object)).toBeNull();
    }
    expect(address).not.toBe(claims.address);
  });

  it('a member named like one of the language is a member', () => {
    const odd: JsonObject = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
    const picked = pickPaths(odd, [['__proto__'], ['constructor'], ['toString']]);
    expect(Object.keys(picked)).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('keeps every value of one path, and is then stable', () => {
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(fc.integer(), fc.constant(null), fc.boolean()),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
      ),
    }));
    const path = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constant(null), fc.nat(2)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), path, (object, steps) => {
        const kept = pickPaths(object, [steps]);
        const everyElement = steps.map((step) => (typeof step === 'number' ? null : step));
        expect(selectPath(kept, everyElement)).toEqual(selectPath(object, steps));
      }),
      { numRuns: 2_000 },
    );
  });
});
