/** The demo world of the issuer: synthetic people, and pages that offer them credentials. Production has none of it. */
export { type DemoDeps, demoRoutes, putDemoPeople, refuseDemoPeople } from './demo.ts';
export { type DemoPerson, demoPeople } from './people.ts';
