/**
 * Holder accounts: passkey sign-in (by issuer/passkeys), devices, alerts, what the issuer holds and who looked,
 * freezing, deletion by shredding keys. An account says who comes back; who they are is decided by enrolment.
 */
export { bindPerson, findAccount } from './account-store.ts';
export { accountAuth, createAccounts } from './accounts.ts';
export { raiseAlert } from './alerts.ts';
export { isFrozen } from './freeze.ts';
export type { AccountApplications, ApplicationView, Mailer } from './ports.ts';
export type { AccountTables } from './tables.ts';
