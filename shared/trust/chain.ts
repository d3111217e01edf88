import { HufuError } from '../errors.ts';
import type { Hasher, PublicJwk } from '../keys/index.ts';
import { type Certificate, type CertificateName, readCertificate } from './certificate.ts';

const maxCertificates = 4;

/** The end of a verified chain: whose key it is, and by what names. */
export interface Leaf {
  readonly key: PublicJwk;
  readonly der: Uint8Array;
  readonly sanUris: readonly string[];
  readonly sanDns: readonly string[];
  readonly subject: CertificateName;
  /** Key identifier of the certificate's issuer, base64url. */
  readonly authorityKeyId: string;
  /** The same of every certificate of the chain: what DCQL's `aki` may match (OpenID4VP 1.0 6.1.1.1). */
  readonly authorityKeyIds: readonly string[];
  /** Epoch seconds: the end of the certificate that ends first. */
  readonly notAfter: number;
}

export interface VerifyChainOptions {
  readonly now: number;
  /** Issuers are known by a URI, relying parties by a DNS name or a URI. */
  readonly purpose: 'credential-issuer' | 'relying-party';
}

/** A chain that holds, whatever the time is. `checkWindow` says whether it holds now. */
export interface Path {
  readonly leaf: Leaf;
  /** Keys of the whole chain without the anchor, the leaf's first. */
  readonly keys: readonly PublicJwk[];
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Verifies an `x5c` chain against the given anchors, which are trusted for this purpose and no other (RFC 5280 6.1,
 * HAIP 1.0 6.1.1). Every fault is `chain_invalid`, its position in `at`.
 */
export async function verifyChain(
  x5c: readonly string[],
  anchors: readonly string[],
  options: VerifyChainOptions,
): Promise<Leaf> {
  const path = await buildPath(x5c, anchors, options.purpose);
  checkWindow(path, options.now);
  return path.leaf;
}

/** RFC 5280 6.1.3 (a)(2) for the whole chain, anchor included. Asked again each time, also of a remembered chain. */
export function checkWindow(path: Path, now: number): void {
  if (now < path.notBefore || now > path.notAfter) throw invalid('x5c.validity');
}

export async function buildPath(
  x5c: readonly string[],
  anchors: readonly string[],
  purpose: VerifyChainOptions['purpose'],
): Promise<Path> {
  // 1. Bounds, then every certificate by itself.
  if (x5c.length > maxCertificates) throw invalid('x5c.length');
  const chain = await Promise.all(x5c.map((text, i) => readCertificate(text, `x5c[${i}]`)));
  const roots = await Promise.all(anchors.map((text, i) => readCertificate(text, `anchors[${i}]`)));
  const [leaf, ...intermediates] = chain;
  if (leaf === undefined) throw invalid('x5c.length');

  // 2. The anchor stays outside: a chain that brings its own root proves nothing (HAIP 6.1.1).
  if (chain.some((certificate) => roots.some((root) => root.key.x === certificate.key.x))) throw invalid('x5c.anchor');

  // 3. The leaf signs and certifies nobody, and somebody else certified it.
  if (leaf.subjectName === leaf.issuerName) throw invalid('x5c[0].self-signed');
  if (leaf.isAuthority || leaf.mayCertify) throw invalid('x5c[0].basicConstraints');
  if (!leaf.maySign) throw invalid('x5c[0].keyUsage');

  // 4. It has a name of the kind that the purpose goes by.
  const names = purpose === 'credential-issuer' ? leaf.sanUris : [...leaf.sanUris, ...leaf.sanDns];
  if (names.length === 0) throw invalid('x5c[0].subjectAltName');

  // 5. Upwards: each certificate by the next one, the last by an anchor.
  let last = leaf;
  for (const [i, issuer] of intermediates.entries()) {
    await checkLink(last, issuer, i, `x5c[${i}]`);
    last = issuer;
  }
  const anchor = await findAnchor(last, roots, intermediates.length);

  const all = [...chain, anchor];
  const authorityKeyIds = chain.map(({ authorityKeyId }) => authorityKeyId ?? '');
  const notAfter = Math.min(...all.map((certificate) => certificate.notAfter));
  const { key, der, sanUris, sanDns, subject } = leaf;
  return {
    leaf: { key, der, sanUris, sanDns, subject, authorityKeyId: authorityKeyIds[0] ?? '', authorityKeyIds, notAfter },
    keys: chain.map((certificate) => certificate.key),
    notBefore: Math.max(...all.map((certificate) => certificate.notBefore)),
    notAfter,
  };
}

/** RFC 5280 6.1.3 (a)(1), (a)(4) and 6.1.4 (k) to (n). `below` counts the intermediates under the issuer. */
async function checkLink(certificate: Certificate, issuer: Certificate, below: number, at: string): Promise<void> {
  if (certificate.issuerName !== issuer.subjectName) throw invalid(`${at}.issuer`);
  if (!issuer.isAuthority) throw invalid(`${at}.issuer.basicConstraints`);
  if (!issuer.mayCertify) throw invalid(`${at}.issuer.keyUsage`);
  if ((issuer.pathLength ?? maxCertificates) < below) throw invalid(`${at}.issuer.pathLength`);
  // 4.2.1.1: obligatory, and the selector of DCQL's trusted authorities.
  if (certificate.authorityKeyId === undefined || certificate.authorityKeyId !== issuer.subjectKeyId) {
    throw invalid(`${at}.authorityKeyIdentifier`);
  }
  if (!(await certificate.isSignedBy(issuer))) throw invalid(`${at}.signature`);
}

/** The anchor that made the last certificate; the longest-lived one where a root was renewed under the same key. */
async function findAnchor(last: Certificate, roots: readonly Certificate[], below: number): Promise<Certificate> {
  let found: Certificate | undefined;
  let cause: unknown;
  for (const root of roots) {
    try {
      await checkLink(last, root, below, 'x5c.anchor');
      if (found === undefined || root.notAfter > found.notAfter) found = root;
    } catch (error) {
      cause = error;
    }
  }
  if (found === undefined) throw new HufuError('chain_invalid', { at: 'x5c.anchor', cause });
  return found;
}

/** The value behind `x509_hash:` for a leaf (OpenID4VP 1.0 5.9.3): base64url of SHA-256 over its DER. */
export function x509Hash(leafDer: Uint8Array, hash: Hasher): string {
  return hash.sha256Base64url(leafDer);
}

function invalid(at: string): HufuError {
  return new HufuError('chain_invalid', { at });
}
