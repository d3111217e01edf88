/** What a token of the admin endpoint may do. An office gives each program only what it needs. */
export const roles = ['issuer-operator', 'lifecycle-operator', 'auditor'] as const;

/** issuer-operator: offers. lifecycle-operator: suspend, resume, revoke. auditor: reads, changes nothing. */
export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
