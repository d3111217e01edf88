import type { Path } from '../../shared/dcql/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { personPath } from './cards.ts';
import type { TypedCredential } from './check-type.ts';
import { loadFormat, type ReceivedCredential } from './formats.ts';
import type { OfferedCredential } from './offer.ts';
import { leafPaths, personOf, technicalMembers } from './person.ts';
import type { WalletPorts } from './ports.ts';

/** In these a new copy may differ from its siblings: its own key, its own status entry, its own times. */
const perCopy: ReadonlySet<string> = new Set([
  'iat',
  'nbf',
  'exp',
  'cnf',
  'status',
  'jti',
  'sub',
  'id',
  'issuanceDate',
  'expirationDate',
]);

/**
 * Judges what an issuer sent before it is shown or stored (NC-138). `thumbprints` are those of the keys that were
 * proved. Refused, in this order: what the format refuses (signature, issuer, type, times); `holder_mismatch` (another
 * key, the same key twice, more copies than keys); `credential_unexpected` (claims beyond the metadata, copies that
 * differ); what `checkTypeMetadata` refuses (`meta_integrity`, `meta_limit`, `meta_invalid`, `vct_mismatch`);
 * `revoked`, `suspended`, and the codes of a status that could not be read: unknown is not good.
 */
export async function checkReceived(
  credentials: readonly string[],
  offered: OfferedCredential,
  expected: { readonly issuer: string; readonly thumbprints: readonly string[] },
  ports: WalletPorts,
): Promise<readonly ReceivedCredential[]> {
  const format = await loadFormat(offered.format);
  // 1. Each for itself
  const received: ReceivedCredential[] = [];
  for (const credential of credentials) {
    received.push(await format.verifyReceived(credential, { issuer: expected.issuer, types: offered.types }, ports));
  }
  // 2. One for each key at most, in any order (OpenID4VCI 1.0 8.3)
  const unclaimed = new Set(expected.thumbprints);
  for (const { holderThumbprint } of received) {
    if (!unclaimed.delete(holderThumbprint)) throw new HufuError('holder_mismatch', { at: 'credentials' });
  }
  // 3. Nothing about the person that was not announced
  for (const { claims } of received) checkAnnounced(claims, offered);
  // 4. The same person in each copy
  const [first, ...others] = received.map(({ claims }) => comparable(claims));
  if (others.some((other) => other !== first)) throw new HufuError('credential_unexpected', { at: 'copies' });
  // 5. What its type says, where the type can be asked
  const typed = received.filter(isTyped);
  if (typed.length > 0) await (await import('./check-type.ts')).checkTypeMetadata(typed, ports);
  // 6. Good today
  for (const { status } of received) {
    if (status === undefined) continue;
    const evidence = await ports.status.check(status, expected.issuer, { maxAge: 60 });
    if (evidence.status !== 'valid') throw new HufuError(evidence.status, { at: 'status' });
  }
  return received;
}

function isTyped(credential: ReceivedCredential): credential is TypedCredential {
  return credential.disclosedPaths !== undefined;
}

function checkAnnounced(claims: JsonObject, offered: OfferedCredential): void {
  const person = personOf(claims, offered.format);
  const announced = offered.labels.map(({ path }) => personPath(path));
  for (const path of leafPaths(person, [])) {
    if (technicalMembers[offered.format].has(String(path[0]))) continue;
    if (!announced.some((known) => covers(known, path))) {
      throw new HufuError('credential_unexpected', { at: 'claims' });
    }
  }
}

/** An announced path stands for itself and for everything below it. */
function covers(known: Path, path: Path): boolean {
  return known.length <= path.length && known.every((step, index) => step === path[index] || step === null);
}

function comparable(claims: JsonObject): string {
  const sorted = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isJsonObject(value)) return value;
    return Object.entries(value)
      .filter(([name]) => !perCopy.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]);
  };
  return JSON.stringify(sorted(claims));
}
