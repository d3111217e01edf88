import type { Scene } from './scene.ts';

/** Check-in at a hotel: the register the law makes a hotel keep, and the portrait for the clerk's eyes only. */
export const hotel: Scene = {
  id: 'hotel',
  name: { 'zh-Hans': '酒店入住', en: 'Hotel check-in' },
  purpose: { 'zh-Hans': '旅客住宿登记', en: 'Registration of hotel guests' },
  legalBasis: {
    'zh-Hans': '《旅馆业治安管理办法》第六条',
    en: 'Measures for the Public Security Administration of Hotels, article 6',
  },
  credential: 'resident-id',
  formats: ['dc+sd-jwt', 'jwt_vc_json'],
  claims: [
    { path: ['name'], retention: 'P1Y' },
    { path: ['personal_administrative_number'], retention: 'P1Y' },
    { path: ['sex'], retention: 'P1Y' },
    { path: ['birthdate'], retention: 'P1Y' },
    { path: ['address'], retention: 'P1Y' },
    {
      path: ['picture'],
      retention: 'none',
      note: { 'zh-Hans': '仅供前台当面比对，不保存', en: 'For comparison at the desk only, not kept' },
    },
    { path: ['ethnicity'], retention: 'P1Y', optional: true },
  ],
  retention: 'P1Y',
  statusMaxAge: 60,
  matchNumber: 'cross-device',
  portrait: 'by-clerk',
  record: 'guest-register',
};
