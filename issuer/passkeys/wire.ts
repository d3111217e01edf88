/** What browsers send as JSON forms of PublicKeyCredential (WebAuthn Level 3, 5.1), and how refusals look. */
import * as z from 'zod';
import { problemTable, type WireErrors } from '../../shared/server/wire.ts';

const base64url = (max: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{1,${max}}$`));
const credentialId = base64url(1400);
const extensions = z.looseObject({}).default({});

/** Unknown members are left out: browsers add conveniences that we do not read. */
export const registrationResponse = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(16_384),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(8)
      .default([]),
  }),
  clientExtensionResults: extensions,
});

export const assertionResponse = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    signature: base64url(2048),
    /** Always there: we ask for passkeys that know whose they are. */
    userHandle: base64url(128),
  }),
  clientExtensionResults: extensions,
});

export type RegistrationResponse = z.output<typeof registrationResponse>;
export type AssertionResponse = z.output<typeof assertionResponse>;

/** Options go to the browser as they are; it is the library's vocabulary, described by WebAuthn. */
export const ceremonyOptions = z.looseObject({ challenge: z.string() });

/** For every route that takes a passkey or trusts a session: a cookie is not a bearer token, so nothing asks for one. */
export const sessionWire: WireErrors = {
  style: 'problem',
  table: {
    ...problemTable,
    unauthenticated: { status: 401, error: 'unauthenticated', description: 'Sign in first.' },
    passkey_invalid: { status: 401, error: 'passkey_invalid', description: 'The passkey was not accepted.' },
    challenge_unknown: {
      status: 401,
      error: 'challenge_unknown',
      description: 'This attempt has expired or was used. Start again.',
    },
    sign_in_again: {
      status: 401,
      error: 'sign_in_again',
      description: 'This needs a passkey touch of the last five minutes.',
    },
  },
};
