import { HufuError } from '../errors.ts';
import type { Leaf } from './chain.ts';

/** Who asks, as the access certificate says and as a person is shown. */
export interface RelyingParty {
  /** Trade name: the organisation, or else the common name. */
  readonly name: string;
  readonly country: string | undefined;
  /** Host of the service, from the subject alternative names. */
  readonly host: string;
  /** The certificate's subject: the same party after a renewal, whose `x509_hash` differs. */
  readonly id: string;
}

/**
 * The relying party behind a leaf that `verifyChain` has vouched for. Refused with `chain_invalid`: no name, a name with
 * control or invisible characters (which could show as another's), no host.
 */
export function relyingPartyOf(leaf: Leaf): RelyingParty {
  const name = (leaf.subject.organization ?? leaf.subject.commonName ?? '').trim();
  if (name === '' || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    throw new HufuError('chain_invalid', { at: 'x5c[0].subject' });
  const host =
    leaf.sanDns[0] ?? leaf.sanUris.map((uri) => URL.parse(uri)?.hostname).find((hostname) => hostname !== undefined);
  if (host === undefined || host === '') throw new HufuError('chain_invalid', { at: 'x5c[0].subjectAltName' });
  return { name, country: leaf.subject.country, host, id: leaf.subject.text };
}
