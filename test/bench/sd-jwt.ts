import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import {
  createIssuerPartCache,
  createKeyBinding,
  issueSdJwt,
  presentSdJwt,
  type VerifySdJwtOptions,
  verifySdJwt,
} from '../../shared/sd-jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { cycle, type Figure, measure } from './measure.ts';

const now = 1_800_000_000;
const aud = 'x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk';
const nonce = 'n-0S6_WzA2Mj-n-0S6_WzA2Mj';
const crypto = nodeCrypto();
const issuer = generateNodeSigner('ES256');

const claims: JsonObject = {
  name: '张三',
  sex: 1,
  ethnicity: '01',
  birthdate: '1990-01-01',
  personal_administrative_number: '330199199001010017',
  number_last4: '0017',
  card_issuing_authority: '测试县公安局',
  card_valid_from: '2020-01-01',
  date_of_expiry: '2040-01-01',
  issuing_country: 'CN',
  address: '测试县一号路一号',
  age: 36,
};
const disclosable = Object.keys(claims).map((name) => [name]);
const shown = [['name'], ['birthdate'], ['number_last4']];

function issueFor(holder: Signer): Promise<string> {
  const { kty, crv, x, y = '' } = holder.publicJwk;
  const payload: JsonObject = {
    iss: 'https://issuer.example',
    vct: 'https://issuer.example/types/resident-id/1',
    iat: now,
    exp: now + 86_400,
    cnf: { jwk: { kty, crv, x, y } },
    status: { status_list: { uri: 'https://issuer.example/status-lists/1', idx: 4711 } },
    ...claims,
  };
  return issueSdJwt({ payload, disclosable, header: { kid: 'issuer-1' }, signer: issuer, crypto });
}

async function presentFor(holder: Signer, credential: string): Promise<string> {
  const presentation = presentSdJwt(credential, shown, crypto);
  return createKeyBinding({ presentation, aud, nonce, iat: now, signer: holder, crypto });
}

/** A credential of twelve disclosable claims, three of them shown, bound to its holder. */
export async function sdJwtFigures(): Promise<Figure[]> {
  const holder = generateNodeSigner('ES256');
  const credential = await issueFor(holder);
  const presentation = await presentFor(holder, credential);
  const policy: VerifySdJwtOptions = {
    crypto,
    now,
    issuerKey: () => issuer.publicJwk,
    keyBinding: { expectedAud: aud, expectedNonce: nonce },
    validity: 'exp-required',
    expectedVct: ['https://issuer.example/types/resident-id/1'],
  };
  // A crowd larger than the port's memory for keys: every holder is new.
  const crowd = await Promise.all(
    Array.from({ length: 5_000 }, async () => {
      const stranger = generateNodeSigner('ES256');
      return presentFor(stranger, await issueFor(stranger));
    }),
  );
  const next = cycle(crowd);
  const seen = createIssuerPartCache(10);
  return [
    await measure('SD-JWT VC: issue, 12 disclosable claims', () => issueFor(holder), { target: 1.2 }),
    await measure('SD-JWT VC: present 3, with key binding', () => presentFor(holder, credential)),
    await measure('SD-JWT VC: verify, a new holder each time', () => verifySdJwt(next(), policy), { target: 4 }),
    await measure('SD-JWT VC: verify, a known holder key', () => verifySdJwt(presentation, policy), { target: 4 }),
    await measure('SD-JWT VC: verify, credential seen before', () => verifySdJwt(presentation, { ...policy, seen }), {
      target: 2,
    }),
  ];
}
