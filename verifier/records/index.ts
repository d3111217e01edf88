/** What the law makes a relying party keep, sealed and for as long as the scene said and no longer. */
export { recordRoutes } from './routes.ts';
export { sweepRecords } from './store.ts';
