import type { X509Certificate } from '@peculiar/x509';
import { decodeBase64, encodeBase64url } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { PublicJwk } from '../keys/index.ts';

/** A certificate with a portrait of a key holder's name is a kilobyte; more than this is an attack. */
const maxDerBytes = 4096;

/** What a chain is built from. Nothing here says that the certificate is to be believed. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly key: PublicJwk;
  /** Distinguished names as DER in base64url: equal names, equal texts. */
  readonly subjectName: string;
  readonly issuerName: string;
  readonly subject: CertificateName;
  /** Epoch seconds, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  readonly maySign: boolean;
  readonly mayCertify: boolean;
  readonly authorityKeyId: string | undefined;
  readonly subjectKeyId: string | undefined;
  readonly sanUris: readonly string[];
  readonly sanDns: readonly string[];
  /** Whether the issuer's key made this certificate's signature. */
  isSignedBy(issuer: Certificate): Promise<boolean>;
}

export interface CertificateName {
  readonly commonName: string | undefined;
  readonly organization: string | undefined;
  readonly country: string | undefined;
  /** The whole name (RFC 4514): what stays the same when a certificate is renewed. */
  readonly text: string;
}

type Library = typeof import('@peculiar/x509');

/** A tenth of a megabyte that only those load who meet a certificate. The library needs the metadata shim first. */
async function loadLibrary(): Promise<Library> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/**
 * Reads one certificate: DER in standard base64, or PEM. Refused with `chain_invalid`: more than 4 kB, trailing bytes,
 * a key other than P-256, a signature other than ECDSA with SHA-256, two extensions of one kind, name constraints or a
 * critical extension that this room does not process (RFC 5280 4.2).
 */
export async function readCertificate(text: string, at: string): Promise<Certificate> {
  const library = await loadLibrary();
  try {
    return await parse(library, derOf(text), at);
  } catch (cause) {
    throw new HufuError('chain_invalid', { at, cause });
  }
}

function derOf(text: string): Uint8Array<ArrayBuffer> {
  const body = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/.exec(text)?.[1];
  const base64 = body?.replaceAll(/[\r\n]/g, '') ?? text;
  if (base64.length > Math.ceil(maxDerBytes / 3) * 4) throw new HufuError('chain_invalid', { at: 'size' });
  const der = decodeBase64(base64);
  // One SEQUENCE with a two-byte length and nothing behind it: what was hashed and shown is what was signed.
  const rest = der.length - 4;
  const head = [0x30, 0x82, rest >> 8, rest & 0xff];
  if (!head.every((byte, i) => der[i] === byte)) throw new HufuError('chain_invalid', { at: 'der' });
  return der;
}

const oid = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
};
const processed: ReadonlySet<string> = new Set([oid.keyUsage, oid.subjectAltName, oid.basicConstraints]);

async function parse(library: Library, der: Uint8Array<ArrayBuffer>, at: string): Promise<Certificate> {
  const certificate = new library.X509Certificate(der);

  // 1. One algorithm (RFC 5758 3.2 with RFC 5480 2.1.1.1).
  const { name, hash } = certificate.signatureAlgorithm;
  if (name !== 'ECDSA' || (typeof hash === 'object' ? hash.name : hash) !== 'SHA-256')
    throw new HufuError('chain_invalid', { at });
  const key = readKey(new Uint8Array(certificate.publicKey.rawData));

  // 2. Extensions: each kind once, none critical that nobody here looks at, no constraint that would go unheard.
  const kinds = certificate.extensions.map(({ type }) => type);
  if (new Set(kinds).size !== kinds.length || kinds.includes(oid.nameConstraints))
    throw new HufuError('chain_invalid', { at });
  if (certificate.extensions.some(({ critical, type }) => critical && !processed.has(type)))
    throw new HufuError('chain_invalid', { at });

  const usages = certificate.getExtension(library.KeyUsagesExtension)?.usages ?? 0;
  const basic = certificate.getExtension(library.BasicConstraintsExtension);
  const alternatives = certificate.getExtension(library.SubjectAlternativeNameExtension)?.names.items ?? [];
  return {
    der,
    key,
    subjectName: encodeBase64url(new Uint8Array(certificate.subjectName.toArrayBuffer())),
    issuerName: encodeBase64url(new Uint8Array(certificate.issuerName.toArrayBuffer())),
    subject: readName(certificate),
    notBefore: seconds(certificate.notBefore),
    notAfter: seconds(certificate.notAfter),
    isAuthority: basic?.ca === true,
    pathLength: basic?.pathLength,
    maySign: (usages & library.KeyUsageFlags.digitalSignature) !== 0,
    mayCertify: (usages & library.KeyUsageFlags.keyCertSign) !== 0,
    authorityKeyId: keyId(certificate.getExtension(library.AuthorityKeyIdentifierExtension)?.keyId),
    subjectKeyId: keyId(certificate.getExtension(library.SubjectKeyIdentifierExtension)?.keyId),
    sanUris: alternatives.filter(({ type }) => type === 'url').map(({ value }) => value),
    sanDns: alternatives.filter(({ type }) => type === 'dns').map(({ value }) => value),
    isSignedBy: (issuer) => {
      const { publicKey } = new library.X509Certificate(new Uint8Array(issuer.der));
      return certificate.verify({ publicKey, signatureOnly: true });
    },
  };
}

/** SubjectPublicKeyInfo of an uncompressed point on P-256 (RFC 5480): this head, then x and y. */
const p256Head = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';

function readKey(spki: Uint8Array): PublicJwk {
  const head = Array.from(spki.subarray(0, 27), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (head !== p256Head) throw new HufuError('chain_invalid', { at: 'key' });
  return { kty: 'EC', crv: 'P-256', x: encodeBase64url(spki.subarray(27, 59)), y: encodeBase64url(spki.subarray(59)) };
}

function readName(certificate: X509Certificate): CertificateName {
  const first = (field: string) => certificate.subjectName.getField(field)[0];
  return { commonName: first('CN'), organization: first('O'), country: first('C'), text: certificate.subject };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** Hexadecimal as the library gives it, base64url as DCQL's `aki` wants it (OpenID4VP 1.0 6.1.1.1). */
function keyId(hex: string | undefined): string | undefined {
  if (hex === undefined) return undefined;
  return encodeBase64url(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}
