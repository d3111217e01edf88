/**
 * Resident identity number and what is printed beside it: GB 11643-1999 (number, ISO 7064 MOD 11-2 check character),
 * GB/T 2260 (province prefix), GB/T 3304-1991 (ethnic groups), GB/T 2261.1-2003 (sex). No other room, no Node.
 */
export { ageOn, civilDateAt, endOfCivilDate, isCivilDate } from './civil-date.ts';
export { ethnicGroupName, isEthnicGroup } from './ethnic-groups.ts';
export { maskName, maskNumber } from './masking.ts';
export {
  checkCharacter,
  createIdCard,
  type IdCard,
  type IdNumber,
  type ResidentNumber,
} from './number.ts';
export { demoRegionCode, provinceName } from './regions.ts';
