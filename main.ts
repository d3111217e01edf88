/**
 * `npm start`: the whole small world in one process. Settings once, then certificates, databases and pages, then three
 * services that listen. Everything is kept in ./data; the settings of each service are written there as well, so that
 * any one of them can be started alone from the same file. The only file that sees all three.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readIssuerConfig } from './issuer/config.ts';
import { startIssuer } from './issuer/start.ts';
import { didWebOf } from './shared/did/index.ts';
import { codeOf } from './shared/errors.ts';
import { ConfigError, processEnvironment, readConfig } from './shared/server/config.ts';
import { ensureDevelopmentRoots } from './shared/server/dev-ca.ts';
import { createLog, type Log } from './shared/server/log.ts';
import { readVerifierConfig } from './verifier/config.ts';
import { startVerifier } from './verifier/start.ts';
import { readWalletConfig } from './wallet/config.ts';
import { startWallet } from './wallet/server.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const settings = z.object({
  DATA_DIR: z.string().default('data'),
  ISSUER_PORT: port.default(4010),
  VERIFIER_PORT: port.default(4020),
  WALLET_PORT: port.default(4030),
});

interface Started {
  close(): Promise<void>;
}

const started: Started[] = [];

async function start(): Promise<void> {
  const s = readConfig(settings, { env: processEnvironment() });
  const place = (name: string) => join(s.DATA_DIR, name);
  mkdirSync(place('trust'), { recursive: true, mode: 0o700 });
  const log = (service: string): Log =>
    createLog({ service, write: (line) => appendFileSync(place('log.jsonl'), line, { mode: 0o600 }) });
  const keep = (name: string, content: unknown) => {
    writeFileSync(place(name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
    return place(name);
  };

  const issuer = `http://localhost:${s.ISSUER_PORT}`;
  const verifier = `http://localhost:${s.VERIFIER_PORT}`;
  const wallet = `http://wallet.localhost:${s.WALLET_PORT}`;
  const resident = { vct: `${issuer}/types/resident-id/1`, type: 'ResidentIdCredential' };
  const roots = await ensureDevelopmentRoots(place('ca'));
  const issuers = keep('trust/issuers.json', [
    {
      id: issuer,
      dids: [didWebOf(issuer)],
      anchors: [roots.credential],
      types: [resident.vct, `${issuer}/types/driving-licence/1`, resident.type],
      name: { 'zh-Hans': '示例市公安局', en: 'Example City Public Security Bureau' },
    },
  ]);
  const parties = keep('trust/relying-parties.pem', roots.access);

  const issuerFile = keep('issuer.json', {
    MODE: 'demo',
    BASE_URL: issuer,
    PORT: s.ISSUER_PORT,
    DATA_DIR: place('issuer'),
    WALLET_RECEIVE_URL: `${wallet}/receive`,
  });
  const verifierFile = keep('verifier.json', {
    MODE: 'demo',
    BASE_URL: verifier,
    PORT: s.VERIFIER_PORT,
    DATA_DIR: place('verifier'),
    CA_DIR: place('ca'),
    WALLET_PRESENT_URL: `${wallet}/present`,
    TRUSTED_ISSUERS_FILE: issuers,
    CREDENTIAL_VCTS: resident.vct,
    CREDENTIAL_TYPES: resident.type,
    ALLOW_ORIGINS: issuer,
  });
  const walletFile = keep('wallet.json', {
    MODE: 'demo',
    BASE_URL: wallet,
    PORT: s.WALLET_PORT,
    DATA_DIR: place('wallet'),
    TRUSTED_ISSUERS_FILE: issuers,
    RELYING_PARTY_ANCHORS_FILE: parties,
    CONNECT_ORIGINS: `${issuer} ${verifier}`,
    DEMO_ISSUER_PAGE: `${issuer}/demo`,
    DEMO_DESK_PAGE: `${verifier}/desk`,
  });

  const issuing = readIssuerConfig({}, issuerFile);
  started.push(await startIssuer(issuing.config, issuing.place, { log: log('issuer') }));
  const verifying = readVerifierConfig({}, verifierFile);
  started.push(await startVerifier(verifying.config, verifying.place, { log: log('verifier') }));
  const holding = readWalletConfig({}, walletFile);
  started.push(await startWallet(holding.config, holding.place, { log: log('wallet') }));

  console.log(`
  虎符 hufu

  1  ${wallet}
     钱包：先在这里创建，证件存在这里
     The wallet: create it first; cards live here
  2  ${issuer}/demo
     签发机关：选一位虚构的人，把证件领到钱包里
     The issuer: pick an invented person, get the card
  3  ${verifier}/desk
     酒店前台：出示二维码，用钱包办理入住
     The hotel desk: show its code, check in with the wallet

  按 Ctrl-C 停止，数据保存在 ${s.DATA_DIR}
  Ctrl-C stops; everything is kept in ${s.DATA_DIR}
`);
}

/** Stops taking requests, finishes those in flight, closes the databases; a second signal ends at once. */
async function stop(): Promise<void> {
  for (const service of started.splice(0).reverse()) await service.close();
}

/** What went wrong, in words for whoever typed the command. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.faults.join('\n');
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${error.port} is taken. Another hufu may be running; or choose ISSUER_PORT, VERIFIER_PORT, WALLET_PORT.`;
  }
  return `hufu could not start: ${codeOf(error)}`;
}

process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
try {
  await start();
} catch (error) {
  console.error(explain(error));
  await stop();
  process.exitCode = 1;
}
