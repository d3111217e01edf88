/**
 * reviewer: decides applications. supervisor: the same, takes applications out of hands, sees figures by person.
 * registrar: gives codes to people seen at a counter. operator: sees the day's figures. auditor: reads, changes nothing.
 */
export const staffRoles = ['reviewer', 'supervisor', 'registrar', 'operator', 'auditor'] as const;

export type StaffRole = (typeof staffRoles)[number];

export function isStaffRole(text: string): text is StaffRole {
  return (staffRoles as readonly string[]).includes(text);
}

/** Who may do what; the routes and their documentation read this. */
export const may = {
  enter: staffRoles,
  review: ['reviewer', 'supervisor'],
  handOver: ['supervisor'],
  count: ['reviewer', 'supervisor', 'operator', 'auditor'],
  countByPerson: ['supervisor', 'auditor'],
  giveCodes: ['registrar'],
  readAudit: ['auditor'],
} as const satisfies Readonly<Record<string, readonly StaffRole[]>>;
