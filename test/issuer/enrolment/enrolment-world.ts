/** Enrolment over real HTTP and a real database; the register, the reader and face services say what a test wants. */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { putAccount } from '../../../issuer/accounts/account-store.ts';
import { accountAuth, bindPerson } from '../../../issuer/accounts/index.ts';
import {
  applyRoutes,
  createEnrolment,
  defaultOutcomeTable,
  type Enrolment,
  type EnrolmentDeps,
} from '../../../issuer/enrolment/index.ts';
import { createIssuerEnvelope } from '../../../issuer/issuer.ts';
import { createSessions, sessionRules } from '../../../issuer/passkeys/index.ts';
import type { BackReading, FrontReading } from '../../../issuer/reading/index.ts';
import { createRefusalAudit } from '../../../issuer/refusal-audit.ts';
import type { Person, PopulationRegister } from '../../../issuer/register/index.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { encodeBase64, type JsonObject } from '../../../shared/encoding/index.ts';
import { createIdCard, demoRegionCode, ethnicGroupName } from '../../../shared/id-card/index.ts';
import { createHttpApp } from '../../../shared/server/http.ts';
import { listen } from '../../../shared/server/listen.ts';
import { silentLog } from '../../../shared/server/log.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { startTestIssuer, type TestIssuer, type TestIssuerOptions } from '../../support/issuer.ts';

/** 2026-11-22 12:00:00 in Shanghai. */
export const noon = 1_795_320_000;
export const registrar = { id: 'registrar-1', role: 'registrar' } as const;
export const reviewer = { id: 'reviewer-1', role: 'reviewer' } as const;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly json: any;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}

export interface Holder {
  readonly accountId: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: JsonObject): Promise<Answer>;
  photo(side: 'front' | 'back', bytes: Uint8Array, type?: string): Promise<Answer>;
  /** Everything up to sending; what is given differs from the honest way. */
  fill(
    person: Person,
    change?: { readonly fields?: JsonObject; readonly way?: 'camera' | 'person' | 'counter' },
  ): Promise<void>;
  /** The face step, done as asked unless `spoil` changes what is sent. */
  face(spoil?: (frames: JsonObject[], challenge: JsonObject) => void): Promise<Answer>;
  /** Sends, and waits until it has been examined. */
  send(): Promise<Answer>;
}

export interface EnrolmentWorld {
  readonly issuer: TestIssuer;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly enrolment: Enrolment;
  readonly deps: EnrolmentDeps;
  /** Asked instead of the register, while it is set. */
  findPerson: PopulationRegister['findPerson'] | undefined;
  /** What the reader reads; by default what `fill` photographs. */
  front: FrontReading | undefined;
  back: BackReading | undefined;
  holder(): Promise<Holder>;
  person(slug: string): Promise<Person>;
  close(): Promise<void>;
}

type Options = TestIssuerOptions & { readonly deps?: Partial<EnrolmentDeps> };

export async function startEnrolmentWorld(options: Options = {}): Promise<EnrolmentWorld> {
  const clock = fixedClock(noon);
  const issuer = await startTestIssuer({ clock, ...options });
  const { db } = issuer;
  const refusals = createRefusalAudit({ db, clock });
  const name = { 'zh-Hans': '示例市公安局', en: 'Example' };
  const config = { baseUrl: issuer.url, mode: 'demo', trustProxy: 0, walletReceiveUrl: undefined, name } as const;
  const envelope = createIssuerEnvelope({ config, clock, keys: issuer.keys });
  const { register, issuances, offers, lifecycle } = issuer.issuer;
  const crypto = nodeCrypto();
  const settings: Pick<EnrolmentWorld, 'findPerson' | 'front' | 'back'> = {
    findPerson: undefined,
    front: undefined,
    back: undefined,
  };
  const deps: EnrolmentDeps = {
    db,
    clock,
    crypto,
    log: silentLog,
    envelope,
    idCard: createIdCard({ clock, demoRegion: true }),
    register: { findPerson: (number) => (settings.findPerson ?? register.findPerson)(number) },
    issuances,
    offers,
    lifecycle,
    bindPerson,
    reader: {
      readFront: async () => settings.front ?? failing(),
      readBack: async () => settings.back ?? failing(),
    },
    table: defaultOutcomeTable,
    extraCounties: [demoRegionCode],
    configurationIds: ['resident-id-sd-jwt', 'resident-id-vc-jwt'],
    identityConfigurationIds: ['resident-id-sd-jwt', 'resident-id-vc-jwt'],
    markAudited: refusals.markAudited,
    ...options.deps,
  };
  const enrolment = createEnrolment(deps);
  const sessions = createSessions({
    db,
    clock,
    kind: 'holder',
    cookieName: 'hufu-account',
    https: false,
    rules: sessionRules.holder,
  });
  const origin = 'http://localhost:1';
  const routes = applyRoutes({
    db,
    enrolment,
    auth: accountAuth({ db, sessions }),
    sessionOf: sessions.current,
    flows: {
      configurationIdsOf: async (flow) => (flow === knownFlow ? ['resident-id-vc-jwt'] : undefined),
      complete: async (flow, accountId, applicationId) =>
        `https://wallet.example/#${flow}.${accountId}.${applicationId}`,
    },
    defaultConfigurationIds: ['resident-id-sd-jwt'],
  });
  const app = createHttpApp({ baseUrl: origin, routes, log: silentLog, onRefusal: refusals.onRefusal });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });

  async function holder(): Promise<Holder> {
    const accountId = randomBytes(16).toString('base64url');
    const passkeyId = randomBytes(16).toString('base64url');
    const token = await db.transaction(async (trx) => {
      await putAccount(trx, accountId, clock.now());
      await trx
        .insertInto('passkey')
        .values({
          id: passkeyId,
          owner_kind: 'holder',
          owner_id: accountId,
          credential_id: passkeyId,
          public_key: '',
          counter: 0,
          transports: '[]',
          synced: 0,
          agent: 'test',
          created_at: clock.now(),
          used_at: null,
          removed_at: null,
        })
        .execute();
      const session = { ownerId: accountId, passkeyId, placeHash: 'x', agent: 'test', former: undefined };
      return (await sessions.open(trx, session)).token;
    });
    const call = async (method: string, path: string, body?: Uint8Array | string, type?: string): Promise<Answer> => {
      const answer = await fetch(`${server.url}/apply/api/${path}`, {
        method,
        headers: {
          cookie: `hufu-account=${token}`,
          origin,
          ...(type !== undefined && { 'content-type': type }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const text = Buffer.from(bytes).toString('utf8');
      return {
        status: answer.status,
        headers: answer.headers,
        bytes,
        json: text.startsWith('{') ? JSON.parse(text) : undefined,
      };
    };
    const post: Holder['post'] = (path, body = {}) => {
      const isEmpty = ['send', 'withdraw', 'face/challenge'].includes(path);
      return isEmpty ? call('POST', path) : call('POST', path, JSON.stringify(body), 'application/json');
    };
    const made: Holder = {
      accountId,
      get: (path) => call('GET', path),
      post,
      photo: (side, bytes, type = 'image/jpeg') => call('POST', `evidence/${side}`, bytes, type),
      async fill(person, { fields = {}, way = 'person' } = {}) {
        settings.front ??= frontOf(person);
        settings.back ??= backOf(person);
        await post('application', {});
        await post('consent', { notice: '2026-1', way, face: way === 'camera' });
        await made.photo('front', await picture('front'));
        await made.photo('back', await picture('back'));
        await post('fields', { ...fieldsOf(person), ...fields });
        settings.front = undefined;
        settings.back = undefined;
        if (way === 'camera') await made.face();
      },
      async face(spoil) {
        const challenge = await post('face/challenge');
        if (challenge.status !== 200) return challenge;
        const frames: JsonObject[] = [];
        for (const [n, step] of (challenge.json.steps as string[]).entries()) {
          frames.push({
            step,
            at_ms: n * 600,
            image: encodeBase64(await picture(`face ${n}`)),
            measured: measuredFor(step),
          });
        }
        spoil?.(frames, challenge.json);
        return post('face', { challenge: challenge.json.id, frames });
      },
      async send() {
        const answer = await post('send');
        await enrolment.settled();
        return answer;
      },
    };
    return made;
  }

  return Object.defineProperties(
    {
      issuer,
      clock,
      enrolment,
      deps,
      findPerson: undefined,
      front: undefined,
      back: undefined,
      holder,
      async person(slug) {
        const found = await register.findPersonByRef(issuer.personId(slug));
        if (found === undefined) throw new TypeError(slug);
        return found.person;
      },
      async close() {
        await enrolment.settled();
        await server.close();
        await issuer.close();
      },
    } as EnrolmentWorld,
    Object.fromEntries(
      (['findPerson', 'front', 'back'] as const).map((key) => [
        key,
        { get: () => settings[key], set: (value) => Object.assign(settings, { [key]: value }) },
      ]),
    ),
  );
}

export const knownFlow = 'flow-of-a-wallet-0001';

function failing(): never {
  throw new Error('not read');
}

export function measuredFor(step: string): JsonObject {
  const yaw = step === 'turn-left' ? 25 : step === 'turn-right' ? -25 : 0;
  return { faces: 1, yaw, mouth: step === 'open-mouth' ? 0.6 : 0, size: 0.5, brightness: 0.5, sharpness: 0.5 };
}

/** A photo that differs with its word. */
export async function picture(word: string): Promise<Uint8Array> {
  const [a = 0, b = 0, c = 0] = Buffer.from(nodeCrypto().sha256(word));
  return new Uint8Array(
    await sharp({ create: { width: 640, height: 480, channels: 3, background: { r: a, g: b, b: c } } })
      .jpeg()
      .toBuffer(),
  );
}

export function fieldsOf(person: Person): JsonObject {
  return {
    name: person.name,
    sex: person.sex,
    ethnicity: person.ethnicity,
    birthdate: person.birthdate,
    address: `${person.address.region}${person.address.street}`,
    number: person.number,
    authority: person.card.authority,
    valid_from: person.card.validFrom,
    valid_until: person.card.validUntil,
  };
}

const field = (text: string) => ({ text, confidence: 0.95, doubtful: false });
export const goodPhoto = {
  blur: false,
  glare: false,
  tooSmall: false,
  notACard: false,
  wrongSide: false,
  scores: { sharpness: 1, burnt: 0, cardWidth: 1200 },
} as const;

export function frontOf(person: Person): FrontReading {
  return {
    quality: goodPhoto,
    orientation: 0,
    fields: {
      name: field(person.name),
      sex: field(person.sex === 1 ? '男' : '女'),
      ethnicity: field(ethnicGroupName(person.ethnicity, 'zh-Hans') ?? ''),
      birthdate: field(person.birthdate),
      address: field(`${person.address.region}${person.address.street}`),
      number: field(person.number),
    },
  };
}

export function backOf(person: Person): BackReading {
  return {
    quality: goodPhoto,
    orientation: 0,
    fields: {
      authority: field(person.card.authority),
      validFrom: field(person.card.validFrom),
      validUntil: field(person.card.validUntil === 'long-term' ? '长期' : person.card.validUntil),
    },
  };
}
