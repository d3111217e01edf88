/**
 * Which credentials there are, as data, and what goes into them. OpenID4VCI 1.0 12.2.4 (configurations), SD-JWT VC 4.6
 * (type metadata). Types are in types/, one file each; the table card -> claim is docs/claims.md.
 */
export { type Catalogue, type Configuration, type CredentialClaims, createCatalogue } from './catalogue.ts';
export { catalogueRoutes } from './routes.ts';
