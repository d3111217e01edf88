import type { Scene } from './scene.ts';

/** Is this person of age? One yes, and nothing else: not even the birth date. */
export const age: Scene = {
  id: 'age',
  name: { 'zh-Hans': '成年核验', en: 'Age check' },
  purpose: { 'zh-Hans': '确认已满 18 周岁', en: 'To see that you are 18 or older' },
  credential: 'resident-id',
  // VC-JWT would show everything in it.
  formats: ['dc+sd-jwt'],
  claims: [{ path: ['age_equal_or_over', '18'], retention: 'none', values: [true] }],
  retention: 'none',
  statusMaxAge: 60,
  matchNumber: 'cross-device',
  portrait: 'not-asked',
  record: 'none',
};
