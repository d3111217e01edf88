/** The demo world of the issuer: synthetic people, and pages that offer them credentials. Production has none of it. */
export { demoRoutes, putDemoPeople, refuseDemoPeople } from './demo.ts';
