import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from '../../../shared/encoding/index.ts';

const encoding = expect.objectContaining({ name: 'HufuError', code: 'encoding' });

/** Both ways through the room: with the engine's own methods, and as an engine without them goes. */
describe.each(['native', 'plain'])('%s', (way) => {
  const methods = [
    [Uint8Array, 'fromBase64'],
    [Uint8Array.prototype, 'toBase64'],
  ] as const;
  const natives = methods.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
  if (way === 'plain') {
    beforeAll(() => {
      for (const [owner, name] of methods) Reflect.deleteProperty(owner, name);
    });
    afterAll(() => {
      methods.forEach(([owner, name], i) => {
        Object.defineProperty(owner, name, natives[i] ?? {});
      });
    });
  }

  it('is really this way', () => {
    expect('fromBase64' in Uint8Array).toBe(way === 'native');
    expect('toBase64' in Uint8Array.prototype).toBe(way === 'native');
  });

  describe('base64url', () => {
    it('knows the vectors of RFC 4648 10', () => {
      const vectors = { '': '', f: 'Zg', fo: 'Zm8', foo: 'Zm9v', foob: 'Zm9vYg', fooba: 'Zm9vYmE', foobar: 'Zm9vYmFy' };
      for (const [text, wire] of Object.entries(vectors)) {
        expect(encodeBase64url(text)).toBe(wire);
        expect(new TextDecoder().decode(decodeBase64url(wire))).toBe(text);
      }
    });

    it('uses - and _ and never + or /', () => {
      expect(encodeBase64url(Uint8Array.of(0xfb, 0xff, 0xbf))).toBe('-_-_');
      expect(decodeBase64url('-_-_')).toEqual(Uint8Array.of(0xfb, 0xff, 0xbf));
      expect(encodeBase64(Uint8Array.of(0xfb, 0xff, 0xbf))).toBe('+/+/');
    });

    it('gives back every sequence of bytes', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
          const wire = encodeBase64url(bytes);
          expect(wire).toBe(Buffer.from(bytes).toString('base64url'));
          expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
          expect(decodeBase64url(wire)).toEqual(bytes);
          expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        }),
      );
    });

    it.each([
      ['lg-09 unused trailing bits set, one byte', 'AB'],
      ['lg-09 unused trailing bits set, two bytes', 'AAB'],
      ['lg-10 padding', 'AA=='],
      ['lg-10 padding of one', 'AAA='],
      ['lg-11 newline inside', 'AAAA\nAAAA'],
      ['lg-11 newline at the end', 'AAAA\n'],
      ['space inside', 'AA AA'],
      ['spaces that keep the length a multiple of four', 'AA    AA'],
      ['tab', 'AAA\tA'],
      ['alphabet of base64: +', 'A+AA'],
      ['alphabet of base64: /', 'A/AA'],
      ['a digit too many', 'AAAAA'],
      ['a letter outside ASCII', 'AAAé'],
      ['a letter beyond the basic plane', 'AA\u{1d400}'],
      ['NUL', 'AAA\0'],
      ['only padding', '===='],
    ])('nc-012 %s is refused', (_name, wire) => {
      // Long texts go another way than short ones.
      for (const text of [wire, 'A'.repeat(400) + wire]) expect(() => decodeBase64url(text)).toThrow(encoding);
    });

    it('accepts exactly one spelling of each sequence', () => {
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      for (const digits of [2, 3]) {
        const accepted = new Set<string>();
        let count = 0;
        for (const letter of letters) {
          const wire = 'A'.repeat(digits - 1) + letter;
          try {
            accepted.add(Buffer.from(decodeBase64url(wire)).toString('hex'));
            count++;
          } catch (error) {
            expect(error).toEqual(encoding);
          }
        }
        expect(count).toBe(accepted.size);
        expect(count).toBe(digits === 2 ? 4 : 16);
      }
    });

    it('says where, and not what', () => {
      expect(() => decodeBase64url('se cret', 'jwt.header')).toThrow(
        expect.objectContaining({ message: 'encoding', at: 'jwt.header' }),
      );
    });
  });

  describe('base64, padded', () => {
    it.each(['AA', 'AAA', 'AB==', 'AAB=', 'AA=A', 'A===', '====', 'AA==\n', ' AA=', '-_-_', 'AAAA=', 'AA==AA=='])(
      'nc-012 %j is refused',
      (wire) => {
        for (const text of [wire, 'A'.repeat(400) + wire]) expect(() => decodeBase64(text)).toThrow(encoding);
      },
    );

    it('accepts the canonical spelling', () => {
      for (const wire of ['', 'AA==', 'AAA=', 'AAAA', '+/+/']) expect(encodeBase64(decodeBase64(wire))).toBe(wire);
    });
  });
});
