/** The issuer's keys: what signs credentials, what seals records, what makes nonces and offers recognisable. */
export { type IssuerKeys, openIssuerKeys } from './open-keys.ts';
