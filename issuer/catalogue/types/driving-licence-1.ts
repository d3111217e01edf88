import type { CredentialType } from '../credential-type.ts';

/** Driving licence: a second type, to show that a type is data. */
export const drivingLicence: CredentialType = {
  name: 'driving-licence',
  version: 1,
  formats: ['dc+sd-jwt'],
  vcType: 'DrivingLicenceCredential',
  title: { 'zh-Hans': '电子驾驶证', en: 'Driving licence' },
  description: {
    'zh-Hans': '机动车驾驶证的数字凭证，每一项由持有人决定是否出示。',
    en: 'The driving licence as a digital credential; the holder decides on each item.',
  },
  colors: { background: '#1d4f7a', text: '#ffffff' },
  document: 'drivingLicence',
  claims: [
    { path: ['name'], source: 'name', label: { 'zh-Hans': '姓名', en: 'Name' }, sd: 'always', mandatory: true },
    {
      path: ['birthdate'],
      source: 'birthdate',
      label: { 'zh-Hans': '出生日期', en: 'Date of birth' },
      sd: 'always',
      mandatory: true,
    },
    {
      path: ['document_number'],
      source: 'number',
      label: { 'zh-Hans': '证号', en: 'Licence number' },
      sd: 'always',
      mandatory: true,
    },
    {
      path: ['vehicle_class'],
      source: 'licenceClass',
      label: { 'zh-Hans': '准驾车型', en: 'Vehicle class' },
      sd: 'always',
      mandatory: true,
    },
    {
      path: ['file_number'],
      source: 'licenceFileNumber',
      label: { 'zh-Hans': '档案编号', en: 'File number' },
      sd: 'always',
      mandatory: true,
    },
    {
      path: ['picture'],
      source: 'picture',
      label: { 'zh-Hans': '照片', en: 'Portrait' },
      sd: 'always',
      mandatory: false,
    },
    {
      path: ['licence_valid_from'],
      source: 'licenceValidFrom',
      label: { 'zh-Hans': '有效期起', en: 'Valid from' },
      sd: 'always',
      mandatory: true,
    },
    {
      path: ['date_of_expiry'],
      source: 'licenceValidUntil',
      label: { 'zh-Hans': '有效期至', en: 'Valid until' },
      sd: 'always',
      mandatory: false,
    },
    {
      path: ['issuing_country'],
      source: 'issuingCountry',
      label: { 'zh-Hans': '签发国家', en: 'Issuing country' },
      sd: 'never',
      mandatory: true,
    },
    {
      path: ['issuing_authority'],
      source: 'issuingAuthority',
      label: { 'zh-Hans': '签发机关', en: 'Issuing authority' },
      sd: 'never',
      mandatory: true,
    },
  ],
};
