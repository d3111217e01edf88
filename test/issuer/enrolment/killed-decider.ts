/** A process of its own: approves an application and is killed (SIGKILL) before the statement after so many. */
import type { KyselyPlugin } from 'kysely';
import { reviewer, startEnrolmentWorld } from './enrolment-world.ts';

const [databaseUrl = '', dataDir = '', baseUrl = '', applicationId = '', version = '', count = ''] =
  process.argv.slice(2);
const world = await startEnrolmentWorld({ databaseUrl, dataDir, baseUrl, empty: true });
let left = Number(count);
const deadly: KyselyPlugin = {
  transformQuery({ node }) {
    left -= 1;
    if (left < 0) process.kill(process.pid, 'SIGKILL');
    return node;
  },
  transformResult: async ({ result }) => result,
};
await world.issuer.db.transaction((trx) =>
  world.enrolment.decide(trx.withPlugin(deadly), {
    applicationId,
    version: Number(version),
    decision: 'approve',
    reason: 'person_compared',
    by: reviewer,
  }),
);
await world.close();
