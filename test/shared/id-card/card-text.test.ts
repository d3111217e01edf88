import { describe, expect, it } from 'vitest';
import { ethnicGroupName, isEthnicGroup, maskName, maskNumber, provinceName } from '../../../shared/id-card/index.ts';

describe('masking', () => {
  it.each([
    ['林一舟', '林*舟'],
    ['王芳', '王*'],
    ['欧阳晓雨', '欧**雨'],
    ['买买提·阿不都拉', '买******拉'],
    ['王', '*'],
    ['', '*'],
    ['𠮷田一', '𠮷*一'],
  ])('shows %s as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });
  it('shows the last four of a number', () => {
    expect(maskNumber('33019919960312412X')).toBe('**************412X');
  });
});

describe('ethnic groups (GB/T 3304)', () => {
  it('names all 56', () => {
    const codes = Array.from({ length: 56 }, (_, index) => String(index + 1).padStart(2, '0'));
    const chinese = new Set(codes.map((code) => ethnicGroupName(code, 'zh-Hans')));
    expect(chinese.size).toBe(56);
    expect(chinese.has(undefined)).toBe(false);
    expect(ethnicGroupName('01', 'zh-Hans')).toBe('汉');
    expect(ethnicGroupName('26', 'zh-Hans')).toBe('东乡');
    expect(ethnicGroupName('56', 'en')).toBe('Jino');
  });
  it.each(['00', '57', '97', '1', '001', '0１', '', '-1'])('does not know %s', (code) => {
    expect(isEthnicGroup(code)).toBe(false);
    expect(ethnicGroupName(code, 'en')).toBeUndefined();
  });
});

describe('provinces', () => {
  it('are known by two digits', () => {
    expect(provinceName('330106', 'zh-Hans')).toBe('浙江省');
    expect(provinceName('11', 'en')).toBe('Beijing');
  });
  it.each(['99', '16', '__proto__', ''])('%s is none', (code) => {
    expect(provinceName(code, 'en')).toBeUndefined();
  });
});
