/** The population register: the port that looks people up, and the embedded table behind it with its import. */
export { importPeople } from './import-people.ts';
export {
  type DrivingLicence,
  longTerm,
  type Person,
  type PopulationRegister,
  type RegisteredPerson,
} from './person.ts';
export { createEmbeddedRegister, type EmbeddedRegister, type RegisterTables } from './store.ts';
