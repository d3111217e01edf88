/**
 * Development certificates, so that a fresh checkout runs with real chains: one root for those who issue credentials,
 * one for those who ask for them, kept in `<dir>` from the first start on. Every name carries `OU=development`, and
 * production refuses such a certificate (`isDevelopmentCertificate`): the root's key lies in a plain file.
 *
 * Each file holds a private key and its certificate together, mode 0600, and is linked into place whole: of two
 * processes that start at once, the second takes what the first one made. A renewal is a further file, never a change.
 */
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { HufuError } from '../errors.ts';
import { findSecretFile, loadOrCreateText } from './key-files.ts';

const day = 86_400;
const rootDays = 3650;
const leafDays = 365;
/** A certificate must outlive what is signed with it. */
const renewalDays = 30;
/** Clocks of other machines may be behind. */
const backdatedDays = 1;
const mark = 'development';

export interface DevelopmentCertificate {
  /** PKCS#8 PEM of a P-256 key. It survives renewals. */
  readonly privateKeyPem: string;
  /** For the JOSE header: the leaf alone, DER in base64. The anchor never travels. */
  readonly x5c: readonly string[];
  readonly anchorPem: string;
  /** Epoch seconds. Nothing signed with the key may be meant to hold longer. */
  readonly notAfter: number;
}

export interface DevelopmentOptions {
  readonly clock?: Clock;
}

/** Key and certificate of an issuer whose `iss` is `baseUrl`, under the credential root. Made or renewed when due. */
export function ensureDevelopmentIssuer(
  dir: string,
  baseUrl: string,
  options: DevelopmentOptions = {},
): Promise<DevelopmentCertificate> {
  const subject = { commonName: new URL(baseUrl).host, organization: 'hufu development issuer' };
  return ensureLeaf(dir, 'credential', { file: 'issuer', baseUrl, dns: [], ...subject }, options.clock ?? systemClock);
}

/** Key and certificate of a relying party with the given trade name, under the access root. Made or renewed when due. */
export function ensureDevelopmentRelyingParty(
  dir: string,
  party: { readonly baseUrl: string; readonly name: string },
  options: DevelopmentOptions = {},
): Promise<DevelopmentCertificate> {
  const { host, hostname } = new URL(party.baseUrl);
  const subject = { commonName: host, organization: party.name };
  const leaf = {
    file: 'relying-party',
    baseUrl: party.baseUrl,
    dns: isIP(hostname) === 0 ? [hostname] : [],
    ...subject,
  };
  return ensureLeaf(dir, 'access', leaf, options.clock ?? systemClock);
}

/** The two roots as PEM: what issuers are believed by, and what relying parties are believed by. */
export async function ensureDevelopmentRoots(
  dir: string,
  options: DevelopmentOptions = {},
): Promise<{ readonly credential: string; readonly access: string }> {
  const clock = options.clock ?? systemClock;
  const [credential, access] = await Promise.all([
    ensureRoot(dir, 'credential', clock),
    ensureRoot(dir, 'access', clock),
  ]);
  return { credential: credential.certificatePem, access: access.certificatePem };
}

/** Whether a certificate (PEM, or DER in base64) is one of these, root or leaf, of this machine or of another. */
export function isDevelopmentCertificate(certificate: string): boolean {
  const { subject, issuer } = new X509Certificate(
    certificate.startsWith('-----') ? certificate : Buffer.from(certificate, 'base64'),
  );
  return [subject, issuer].some((name) => name.split('\n').includes(`OU=${mark}`));
}

interface KeyAndCertificate {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

interface LeafRequest {
  readonly file: string;
  readonly baseUrl: string;
  readonly dns: readonly string[];
  readonly commonName: string;
  readonly organization: string;
}

async function ensureRoot(dir: string, role: 'credential' | 'access', clock: Clock): Promise<KeyAndCertificate> {
  const file = join(dir, `${role}-root.pem`);
  const known = read(file);
  if (known !== undefined) return known;
  const name = [
    { CN: [{ utf8String: `hufu development ${role} root` }] },
    { OU: [{ utf8String: mark }] },
    { C: [{ printableString: 'CN' }] },
  ];
  const key = await generateKey();
  const made = await certify({ subject: name, issuer: name, publicKey: key, signingKey: key, days: rootDays, clock });
  return write(file, key.pem, made);
}

async function ensureLeaf(
  dir: string,
  role: 'credential' | 'access',
  request: LeafRequest,
  clock: Clock,
): Promise<DevelopmentCertificate> {
  const root = await ensureRoot(dir, role, clock);
  const id = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
  const fileOf = (generation: number) => join(dir, `${request.file}-${id}-${generation}.pem`);

  let generation = 1;
  let current: KeyAndCertificate | undefined;
  for (let next = read(fileOf(1)); next !== undefined; next = read(fileOf(generation))) {
    current = next;
    generation++;
  }
  if (current === undefined || !holds(current, root, clock.now())) {
    const key = current === undefined ? await generateKey() : await importKey(current.privateKeyPem);
    const { commonName, organization, baseUrl, dns } = request;
    const made = await certify({
      subject: [
        { CN: [{ utf8String: commonName }] },
        { OU: [{ utf8String: mark }] },
        { O: [{ utf8String: organization }] },
        { C: [{ printableString: 'CN' }] },
      ],
      issuer: root.certificatePem,
      publicKey: key,
      signingKey: await importKey(root.privateKeyPem),
      alternatives: { uri: baseUrl, dns },
      days: leafDays,
      clock,
    });
    current = write(fileOf(generation), key.pem, made);
  }
  const { raw, validToDate } = new X509Certificate(current.certificatePem);
  return {
    privateKeyPem: current.privateKeyPem,
    x5c: [raw.toString('base64')],
    anchorPem: root.certificatePem,
    notAfter: Math.floor(validToDate.getTime() / 1000),
  };
}

function holds(leaf: KeyAndCertificate, root: KeyAndCertificate, now: number): boolean {
  const certificate = new X509Certificate(leaf.certificatePem);
  const enough = certificate.validToDate.getTime() / 1000 - now >= renewalDays * day;
  return enough && certificate.verify(new X509Certificate(root.certificatePem).publicKey);
}

interface WebKeys {
  readonly pem: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };

async function generateKey(): Promise<WebKeys> {
  const pair = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const pem = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { ...pair, pem: pem.toString() };
}

async function importKey(pem: string): Promise<WebKeys> {
  const pkcs8 = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' });
  return {
    pem,
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, ecdsa, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, ecdsa, true, ['verify']),
  };
}

type JsonName = Record<string, ({ utf8String: string } | { printableString: string })[]>[];

interface CertificateRequest {
  readonly subject: JsonName;
  /** A root's own name, or the root's certificate. */
  readonly issuer: JsonName | string;
  readonly publicKey: WebKeys;
  readonly signingKey: WebKeys;
  /** A leaf has these; a root certifies and signs nothing else. */
  readonly alternatives?: { readonly uri: string; readonly dns: readonly string[] };
  readonly days: number;
  readonly clock: Clock;
}

async function certify(request: CertificateRequest): Promise<string> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { alternatives, clock } = request;
  const names = alternatives && [
    ...alternatives.dns.map((value) => ({ type: 'dns' as const, value })),
    { type: 'url' as const, value: alternatives.uri },
  ];
  const usage = names === undefined ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(request.subject),
    issuer:
      typeof request.issuer === 'string'
        ? new x509.X509Certificate(request.issuer).subjectName
        : new x509.Name(request.issuer),
    notBefore: new Date((clock.now() - backdatedDays * day) * 1000),
    notAfter: new Date((clock.now() + request.days * day) * 1000),
    publicKey: request.publicKey.publicKey,
    signingKey: request.signingKey.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(names === undefined, names === undefined ? 0 : undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(request.signingKey.publicKey),
      ...(names === undefined ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return certificate.toString('pem');
}

function write(file: string, privateKeyPem: string, certificatePem: string): KeyAndCertificate {
  return split(
    loadOrCreateText(file, () => `${privateKeyPem.trim()}\n${certificatePem.trim()}\n`),
    file,
  );
}

function read(file: string): KeyAndCertificate | undefined {
  const bytes = findSecretFile(file);
  return bytes && split(new TextDecoder().decode(bytes), file);
}

function split(text: string, file: string): KeyAndCertificate {
  const parts =
    /^(-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----)\n(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)\n$/.exec(
      text,
    );
  if (parts === null) throw new HufuError('key_file', { at: file });
  const [, privateKeyPem = '', certificatePem = ''] = parts;
  return { privateKeyPem, certificatePem };
}
