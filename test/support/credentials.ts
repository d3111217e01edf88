import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import type { Clock } from '../../shared/clock.ts';
import { didJwkOf, didWebOf } from '../../shared/did/index.ts';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { issueSdJwt } from '../../shared/sd-jwt/index.ts';
import { ensureDevelopmentIssuer, ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { generateNodeSigner, nodeCrypto, nodeSigner } from '../../shared/server/node-crypto.ts';
import { packStatuses, signStatusList } from '../../shared/status-list/index.ts';
import type { TrustedIssuer } from '../../shared/trust/index.ts';
import { issueVcJwt } from '../../shared/vc-jwt/index.ts';

/** A grey JPEG of one pixel. */
const jpeg =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=';

/** Nobody: the county 330199 does not exist. */
export const person = {
  name: '林一舟',
  name_masked: '林*舟',
  sex: 1,
  ethnicity: '01',
  birthdate: '1996-03-12',
  personal_administrative_number: '33019919960312412X',
  number_last4: '412X',
  address: { region: '浙江省', region_code: '330199', street_address: '样张路 1 号' },
  age_equal_or_over: { '14': true, '16': true, '18': true, '60': false },
  picture: `data:image/jpeg;base64,${jpeg}`,
} as const satisfies JsonObject;

export interface Issued {
  /** Replaces or adds members of the SD-JWT payload, or of the VC's claims. */
  readonly claims?: JsonObject;
  /** Replaces or adds members beside the person's: `iss`, `exp`, `status`. */
  readonly envelope?: JsonObject;
  readonly header?: JsonObject;
  readonly signer?: Signer;
  readonly idx?: number;
}

/** An issuer that answers on loopback: status list, DID document. Its key and certificate are real, its people are not. */
export interface TestIssuer {
  readonly url: string;
  readonly did: string;
  readonly vct: string;
  readonly vcType: string;
  readonly trusted: TrustedIssuer;
  readonly signer: Signer;
  readonly x5c: readonly string[];
  readonly listUri: string;
  /** Paths that were asked for, in order: what went out of the verifier. */
  readonly asked: string[];
  /** Status of one index from now on. */
  setStatus(idx: number, status: number): void;
  /** Takes over the answer at a path. */
  answer(path: string, handle: ((response: ServerResponse) => void) | undefined): void;
  sdJwt(holder: Signer, issued?: Issued): Promise<string>;
  vcJwt(holder: Signer, issued?: Issued): Promise<string>;
  statusToken(changed?: { readonly payload?: JsonObject; readonly signer?: Signer }): Promise<string>;
  close(): Promise<void>;
}

export async function startTestIssuer(caDir: string, clock: Clock): Promise<TestIssuer> {
  const asked: string[] = [];
  const answers = new Map<string, (response: ServerResponse) => void>();
  const statuses = new Uint8Array(64);
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const did = didWebOf(url);
  const kid = `${did}#key-1`;
  const certificate = await ensureDevelopmentIssuer(caDir, url, { clock });
  const roots = await ensureDevelopmentRoots(caDir, { clock });
  const signer = nodeSigner(certificate.privateKeyPem);
  const crypto = nodeCrypto();
  const vct = `${url}/types/resident-id/1`;
  const vcType = 'ResidentIdCredential';
  const listUri = `${url}/status-lists/1`;

  async function statusToken(
    changed: { readonly payload?: JsonObject; readonly signer?: Signer } = {},
  ): Promise<string> {
    const now = clock.now();
    const lst = encodeBase64url(deflateSync(packStatuses(statuses, 2)));
    const times = { iat: now, exp: now + 3_600, ttl: 600, ...changed.payload };
    const header = { x5c: [...certificate.x5c] };
    return signStatusList({ uri: listUri, bits: 2, lst, header, signer: changed.signer ?? signer, ...times });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    asked.push(path);
    const own = answers.get(path);
    if (own !== undefined) return own(response);
    if (path === '/status-lists/1') {
      response.setHeader('content-type', 'application/statuslist+jwt').end(await statusToken());
      return;
    }
    if (path === '/.well-known/did.json') {
      const { kty, crv, x, y } = signer.publicJwk;
      const method = { id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: { kty, crv, x, y } };
      const document = { id: did, verificationMethod: [method], assertionMethod: [kid] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
      return;
    }
    response.writeHead(404).end();
  }

  return {
    url,
    did,
    vct,
    vcType,
    signer,
    x5c: certificate.x5c,
    listUri,
    asked,
    trusted: {
      id: url,
      dids: [did],
      anchors: [roots.credential],
      // More than any request asks for: an issuer of several types is the rule.
      types: [vct, `${url}/types/driving-licence/1`, vcType],
      name: { 'zh-Hans': '示范市公安局', en: 'Demo public security bureau' },
    },
    setStatus: (idx, status) => {
      statuses[idx] = status;
    },
    answer: (path, handle) => {
      if (handle === undefined) answers.delete(path);
      else answers.set(path, handle);
    },
    sdJwt: (holder, issued = {}) => {
      const now = clock.now();
      const { kty, crv, x, y } = holder.publicJwk;
      const claims: JsonObject = { ...structuredClone(person), ...issued.claims };
      const paths = Object.keys(claims).map((name) => [name]);
      const address = belowOf(claims.address).map((name) => ['address', name]);
      const ages = belowOf(claims.age_equal_or_over).map((name) => ['age_equal_or_over', name]);
      return issueSdJwt({
        payload: {
          iss: url,
          vct,
          iat: now - 60,
          exp: now + 86_400,
          cnf: { jwk: y === undefined ? { kty, crv, x } : { kty, crv, x, y } },
          status: { status_list: { uri: listUri, idx: issued.idx ?? 1 } },
          ...claims,
          ...issued.envelope,
        },
        disclosable: [...paths, ...address, ...ages],
        header: issued.header ?? { x5c: [...certificate.x5c] },
        signer: issued.signer ?? signer,
        crypto,
      });
    },
    vcJwt: (holder, issued = {}) => {
      const now = clock.now();
      const { name, sex, birthdate, personal_administrative_number, address, picture } = structuredClone(person);
      const narrow = { name, sex, birthdate, personal_administrative_number, address, picture };
      return issueVcJwt({
        credential: {
          types: [vcType],
          subject: didJwkOf(holder.publicJwk),
          claims: { ...narrow, ...issued.claims },
          issuedAt: now - 60,
          validFrom: now - 60,
          validUntil: now + 86_400,
          status: { uri: listUri, idx: issued.idx ?? 1 },
        },
        issuer: { did, kid, signer: issued.signer ?? signer },
      });
    },
    statusToken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function belowOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

export function newHolder(): Signer {
  return generateNodeSigner('ES256');
}
