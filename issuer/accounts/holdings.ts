import type { Clock } from '../../shared/clock.ts';
import { decodeUtf8, encodeBase64, type JsonObject } from '../../shared/encoding/index.ts';
import { codeOf } from '../../shared/errors.ts';
import { maskName } from '../../shared/id-card/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Passkeys, Session, Sessions } from '../passkeys/index.ts';
import type { Person, PopulationRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import { accessesTo } from './access-log.ts';
import { type AccountRow, signInsOf } from './account-store.ts';
import { type AlertRow, alertsOf } from './alert-store.ts';
import { contactContext } from './alerts.ts';
import type { AccountCredentials, HeldCredential } from './credentials.ts';
import type { AccountApplications, ApplicationView } from './ports.ts';

export interface HoldingsDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly register: PopulationRegister;
  readonly applications: AccountApplications | undefined;
  readonly credentials: AccountCredentials;
  /** Whether alerts can be mailed. */
  readonly canMail: boolean;
}

/** What the account page shows. Names and numbers are masked everywhere but in `download`. */
export interface Holdings {
  overview(account: AccountRow): Promise<JsonObject>;
  devices(account: AccountRow, current: Session): Promise<JsonObject>;
  alerts(account: AccountRow): Promise<JsonObject>;
  /** Everything the issuer holds about this account, and everyone who looked. */
  all(account: AccountRow, current: Session): Promise<JsonObject>;
  /** The same with the person's register entry in full. */
  download(account: AccountRow, current: Session): Promise<JsonObject>;
}

const shownSignIns = 50;

export function createHoldings(deps: HoldingsDeps): Holdings {
  const { db, clock, envelope, passkeys, sessions, register, applications, credentials } = deps;

  /** Undefined while the register does not answer: the account page works without it. */
  async function findPerson(account: AccountRow): Promise<Person | undefined> {
    if (account.person_ref === null) return undefined;
    try {
      return (await register.findPersonByRef(account.person_ref))?.person;
    } catch (error) {
      if (codeOf(error) === 'internal') throw error;
      return undefined;
    }
  }

  async function realName(account: AccountRow): Promise<JsonObject> {
    const person = await findPerson(account);
    return {
      verified: account.person_ref !== null,
      ...(person !== undefined && {
        name_masked: maskName(person.name),
        number_last4: person.number.slice(-4),
        card_valid_until: person.card.validUntil,
      }),
    };
  }

  async function liveOf(account: AccountRow): Promise<readonly HeldCredential[]> {
    return account.person_ref === null ? [] : credentials.live(db.kysely, account.person_ref, clock.now());
  }

  async function applicationsOf(account: AccountRow): Promise<readonly ApplicationView[]> {
    return applications === undefined ? [] : applications.list(account.id);
  }

  async function contactOf(account: AccountRow): Promise<string | undefined> {
    if (account.contact === null) return undefined;
    return decodeUtf8(await envelope.open(db.kysely, contactContext(account.id), account.contact));
  }

  async function overview(account: AccountRow): Promise<JsonObject> {
    const alerts = await alertsOf(db.kysely, account.id);
    const contact = await contactOf(account);
    return {
      state: account.state,
      mail: deps.canMail,
      created_at: account.created_at,
      ...(account.frozen_at !== null && { frozen_at: account.frozen_at }),
      ...(account.freeze_reason !== null && { freeze_reason: account.freeze_reason }),
      ...(contact !== undefined && { contact_masked: maskAddress(contact) }),
      real_name: await realName(account),
      applications: (await applicationsOf(account)).map(applicationJson),
      credentials: (await liveOf(account)).map(credentialJson),
      open_alerts: alerts.filter(({ answer }) => answer === null).length,
    };
  }

  async function devices(account: AccountRow, current: Session): Promise<JsonObject> {
    return {
      passkeys: (await passkeys.list(account.id)).map((row) => ({
        id: row.id,
        agent: row.agent,
        synced: row.synced,
        created_at: row.createdAt,
        ...(row.usedAt !== undefined && { used_at: row.usedAt }),
        current: row.id === current.passkeyId,
      })),
      sessions: (await sessions.list(account.id)).map((row) => ({
        id: row.id,
        agent: row.agent,
        network: networkName(row.placeHash),
        created_at: row.createdAt,
        seen_at: row.seenAt,
        current: row.id === current.id,
      })),
      wallets: walletsOf(await liveOf(account)),
    };
  }

  async function alerts(account: AccountRow): Promise<JsonObject> {
    return {
      alerts: (await alertsOf(db.kysely, account.id)).map(alertJson),
      sign_ins: (await signInsOf(db.kysely, account.id, shownSignIns)).map((row) => ({
        at: row.at,
        outcome: row.outcome,
        agent: row.agent,
        network: networkName(row.place_hash),
      })),
    };
  }

  async function all(account: AccountRow, current: Session): Promise<JsonObject> {
    const mine = await applicationsOf(account);
    const sets = account.person_ref === null ? [] : await credentials.live(db.kysely, account.person_ref, clock.now());
    const objects = [account.id, ...mine.map(({ id }) => id), ...sets.map(({ issuanceId }) => issuanceId)];
    if (account.person_ref !== null) objects.push(account.person_ref);
    const accesses = await accessesTo(db.kysely, { accountId: account.id, objects });
    return {
      ...(await overview(account)),
      ...(await devices(account, current)),
      ...(await alerts(account)),
      accesses: accesses.map(({ at, role, action, own }) => ({ at, role, action, own })),
      kept: [...keptAfterDeletion],
    };
  }

  return {
    overview,
    devices,
    alerts,
    all,
    async download(account, current) {
      const person = await findPerson(account);
      const contact = await contactOf(account);
      return {
        made_at: clock.now(),
        ...(await all(account, current)),
        ...(contact !== undefined && { contact }),
        ...(person !== undefined && { person: personJson(person) }),
      };
    },
  };
}

/** What deletion cannot take away, by what it is and how long; the page has the words. */
export const keptAfterDeletion = ['audit_without_personal_data', 'status_until_expiry', 'population_register'] as const;

/** Short enough to compare two lines of a list, too short to say where. */
function networkName(placeHash: string): string {
  return placeHash
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 4)
    .toUpperCase();
}

function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}***${address.slice(at)}`;
}

/** A wallet shows itself by the conversation in which it fetched: one per receipt, since wallets do not say more. */
function walletsOf(sets: readonly HeldCredential[]) {
  const wallets = new Map<string, HeldCredential[]>();
  for (const set of sets) wallets.set(set.offerId, [...(wallets.get(set.offerId) ?? []), set]);
  return [...wallets].map(([id, own]) => ({
    id,
    since: Math.min(...own.map(({ issuedAt }) => issuedAt)),
    credentials: own.map(credentialJson),
  }));
}

function credentialJson(set: HeldCredential) {
  return {
    id: set.issuanceId,
    configuration_id: set.configurationId,
    status: set.status,
    issued_at: set.issuedAt,
    expires_at: set.expiresAt,
    accepted: set.acceptedAt !== undefined,
  };
}

function applicationJson(view: ApplicationView) {
  return {
    id: view.id,
    state: view.state,
    configuration_ids: [...view.configurationIds],
    created_at: view.createdAt,
    ...(view.sentAt !== undefined && { sent_at: view.sentAt }),
    ...(view.decidedAt !== undefined && { decided_at: view.decidedAt }),
    ...(view.reason !== undefined && { reason: view.reason }),
  };
}

function alertJson(row: AlertRow) {
  return {
    id: row.id,
    kind: row.kind,
    agent: row.agent,
    at: row.at,
    ...(row.answer !== null && { answer: row.answer }),
  };
}

function personJson(person: Person): JsonObject {
  const { number, name, sex, ethnicity, birthdate, address, card, picture, drivingLicence } = person;
  return {
    number,
    name,
    sex,
    ethnicity,
    birthdate,
    address: { ...address },
    card: { ...card },
    ...(picture !== undefined && { picture: `data:image/jpeg;base64,${encodeBase64(picture)}` }),
    ...(drivingLicence !== undefined && { driving_licence: { ...drivingLicence } }),
  };
}
