import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../shared/encoding/index.ts';
import { disclosedView, issueSdJwt, type Path, type Place, presentSdJwt } from '../../../shared/sd-jwt/index.ts';
import { crypto, frame, issue, issuer, policy, refusal, showing, verify } from './credential.ts';

const name = fc
  .stringMatching(/^[a-z\u4e00-\u4e10]{1,6}$/)
  .filter((text) => !(text in frame()) && text !== 'then' && text !== 'aud' && text !== 'sub' && text !== 'nbf');
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ unit: 'binary' })),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
const claims: fc.Arbitrary<JsonObject> = fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 });

/** Every place of a value, outermost first. */
function placesIn(inside: Json, place: Place = []): Place[] {
  const here = place.length > 0 ? [place] : [];
  if (typeof inside !== 'object' || inside === null) return here;
  return [
    ...here,
    ...Object.entries(inside).flatMap(([step, part]) =>
      placesIn(part, [...place, Array.isArray(inside) ? Number(step) : step]),
    ),
  ];
}

const issuable = claims.chain((payload) =>
  fc.record({ payload: fc.constant(payload), disclosable: fc.subarray<Path>(placesIn(payload)), decoys: fc.nat(3) }),
);

function issueAny({
  payload,
  disclosable,
  decoys,
}: {
  payload: JsonObject;
  disclosable: readonly Path[];
  decoys: number;
}) {
  return issueSdJwt({ payload: { ...frame(), ...payload }, disclosable, header: {}, signer: issuer, crypto, decoys });
}

const isPrefix = (outer: Place, inner: Place) =>
  outer.length < inner.length && outer.every((step, index) => step === inner[index]);

describe('any credential', () => {
  it('comes back whole, with every place disclosable that was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(issuable, async (made) => {
        const issued = await issueAny(made);
        const view = disclosedView(issued, crypto);
        expect(view.payload).toEqual({ ...frame(), ...made.payload });
        expect(new Set(view.disclosablePaths.map((place) => JSON.stringify(place)))).toEqual(
          new Set(made.disclosable.map((path) => JSON.stringify(path))),
        );
        expect((await verify(issued, { keyBinding: 'none-at-issuance' })).payload).toEqual(view.payload);
      }),
      { numRuns: 200 },
    );
  });

  it('any subset of its disclosures, in any order, is accepted if and only if it is closed under parents', async () => {
    await fc.assert(
      fc.asyncProperty(issuable, fc.infiniteStream(fc.boolean()), async (made, coins) => {
        const parts = (await issueAny(made)).split('~').slice(0, -1);
        const [jwt = '', ...disclosures] = parts;
        const verified = await verify(`${parts.join('~')}~`, { keyBinding: 'none-at-issuance' });
        const all = disclosures.map((encoded, index) => ({ encoded, place: verified.disclosedPaths[index] ?? [] }));
        const chosen = all.filter(() => coins.next().value);
        const closed = chosen.every(({ place }) =>
          all.every((other) => !isPrefix(other.place, place) || chosen.includes(other)),
        );
        const text = `${[jwt, ...chosen.map((one) => one.encoded).reverse()].join('~')}~`;
        expect(await refusal(verify(text, { keyBinding: 'none-at-issuance' }))).toBe(
          closed ? 'accepted' : 'sd_unreferenced',
        );
      }),
      { numRuns: 300 },
    );
  });

  it('a showing has the disclosures that its paths need, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(issuable, fc.infiniteStream(fc.boolean()), async (made, coins) => {
        const issued = await issueAny(made);
        const paths = placesIn(made.payload).filter(() => coins.next().value);
        const shown = await verify(presentSdJwt(issued, paths, crypto), { keyBinding: 'none-at-issuance' });
        const needed = made.disclosable.filter((place) =>
          paths.some((path) => isWithinAny(path, place) || isWithinAny(place, path)),
        );
        expect(shown.disclosedPaths).toHaveLength(needed.length);
      }),
      { numRuns: 200 },
    );
  });
});

const isWithinAny = (inner: Path, outer: Path) => outer.every((step, index) => step === inner[index]);

describe('a changed presentation', () => {
  it('is refused whichever bit was changed', async () => {
    const text = await showing([['name'], ['address', 'region']]);
    const options = policy();
    expect(await refusal(verify(text, options))).toBe('accepted');
    const accepted: string[] = [];
    for (let index = 0; index < text.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const unit = String.fromCharCode(text.charCodeAt(index) ^ (1 << bit));
        const changed = text.slice(0, index) + unit + text.slice(index + 1);
        if ((await refusal(verify(changed, options))) === 'accepted') accepted.push(`${index}.${bit}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is refused whatever was cut out, doubled or put in', async () => {
    const text = await showing([['name'], ['sex']]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(text.length),
        fc.string({ maxLength: 5 }),
        async (start, end, inserted) => {
          const changed = text.slice(0, start) + inserted + text.slice(end);
          fc.pre(changed !== text);
          expect(await refusal(verify(changed))).not.toMatch(/^(accepted|internal)$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never fails otherwise than with a code', async () => {
    const issued = await issue();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(issued.length), async (noise, at) => {
        for (const text of [noise, issued.slice(0, at) + noise, `${issued}${noise}`]) {
          expect(await refusal(verify(text))).not.toBe('internal');
          expect(await refusal(verify(text, { keyBinding: 'none-at-issuance' }))).not.toBe('internal');
        }
      }),
      { numRuns: 300 },
    );
  });
});
