/** Where claims come from. A credential type names these; nothing else may reach into a person's record. */
import { encodeBase64, type Json } from '../../shared/encoding/index.ts';
import { ageOn, maskName } from '../../shared/id-card/index.ts';
import { longTerm, type Person } from '../register/index.ts';

export interface SourceContext {
  /** The civil date (UTC+8) of issuance: age is computed once, then it stands. */
  readonly today: string;
  readonly issuerName: string;
}

type Source = (person: Person, context: SourceContext) => Json | undefined;

const sources = {
  name: (person) => person.name,
  nameMasked: (person) => maskName(person.name),
  sex: (person) => person.sex,
  ethnicity: (person) => person.ethnicity,
  birthdate: (person) => person.birthdate,
  region: (person) => person.address.region,
  regionCode: (person) => person.address.regionCode,
  street: (person) => person.address.street,
  number: (person) => person.number,
  numberLast4: (person) => person.number.slice(-4),
  picture: ({ picture }) => picture && `data:image/jpeg;base64,${encodeBase64(picture)}`,
  over14: (person, { today }) => isAtLeast(14, person, today),
  over16: (person, { today }) => isAtLeast(16, person, today),
  over18: (person, { today }) => isAtLeast(18, person, today),
  over60: (person, { today }) => isAtLeast(60, person, today),
  cardAuthority: (person) => person.card.authority,
  cardValidFrom: (person) => person.card.validFrom,
  cardValidUntil: (person) => dateOrNothing(person.card.validUntil),
  licenceClass: (person) => person.drivingLicence?.class,
  licenceFileNumber: (person) => person.drivingLicence?.fileNumber,
  licenceValidFrom: (person) => person.drivingLicence?.validFrom,
  licenceValidUntil: (person) => dateOrNothing(person.drivingLicence?.validUntil),
  issuingCountry: () => 'CN',
  issuingAuthority: (_person, { issuerName }) => issuerName,
} as const satisfies Readonly<Record<string, Source>>;

export type ClaimSource = keyof typeof sources;

/** The value of one claim; undefined when this person has none. */
export function readSource(source: ClaimSource, person: Person, context: SourceContext): Json | undefined {
  const read: Source = sources[source];
  return read(person, context);
}

export type DocumentSource = 'card' | 'drivingLicence';

/** Last day of the document's validity, `long-term`, or undefined when the person does not have it. */
export function documentValidUntil(document: DocumentSource, person: Person): string | undefined {
  return person[document]?.validUntil;
}

function isAtLeast(age: number, person: Person, today: string): boolean {
  const reached = ageOn(person.birthdate, today);
  return reached !== undefined && reached >= age;
}

function dateOrNothing(date: string | undefined): string | undefined {
  return date === longTerm ? undefined : date;
}
