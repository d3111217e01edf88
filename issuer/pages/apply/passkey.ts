/** The holder's passkey: the same account as on the account page. */
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { act, post } from './api.ts';
import { ceremony } from './views.ts';

/** Signs in. The options are WebAuthn's own vocabulary, made by our server and read by the browser. */
export async function touch(): Promise<void> {
  const options = await post('account/api/sign-in/options', ceremony, {});
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  await act('account/api/sign-in', await startAuthentication({ optionsJSON }));
}

/** A new account, signed in. */
export async function makePasskey(): Promise<void> {
  const options = await post('account/api/passkeys/registration-options', ceremony, {});
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  await act('account/api/passkeys', await startRegistration({ optionsJSON }));
}
