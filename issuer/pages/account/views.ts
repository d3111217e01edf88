/** Answers of the account API, as far as the page reads them. */
import * as z from 'zod/mini';

const time = z.number();

export const credential = z.object({
  id: z.string(),
  configuration_id: z.string(),
  status: z.enum(['valid', 'suspended', 'revoked']),
  issued_at: time,
  expires_at: time,
});
export type Credential = z.output<typeof credential>;

export const application = z.object({
  id: z.string(),
  state: z.string(),
  configuration_ids: z.array(z.string()),
  created_at: time,
  sent_at: z.optional(time),
  decided_at: z.optional(time),
});
export type Application = z.output<typeof application>;

export const overview = z.object({
  state: z.enum(['open', 'frozen']),
  mail: z.boolean(),
  frozen_at: z.optional(time),
  freeze_reason: z.optional(z.enum(['holder', 'not_me', 'card_lost'])),
  contact_masked: z.optional(z.string()),
  real_name: z.object({
    verified: z.boolean(),
    name_masked: z.optional(z.string()),
    number_last4: z.optional(z.string()),
    card_valid_until: z.optional(z.string()),
  }),
  applications: z.array(application),
  credentials: z.array(credential),
  open_alerts: z.number(),
});
export type Overview = z.output<typeof overview>;

export const devices = z.object({
  passkeys: z.array(
    z.object({
      id: z.string(),
      agent: z.string(),
      synced: z.boolean(),
      created_at: time,
      used_at: z.optional(time),
      current: z.boolean(),
    }),
  ),
  sessions: z.array(
    z.object({ id: z.string(), agent: z.string(), network: z.string(), seen_at: time, current: z.boolean() }),
  ),
  wallets: z.array(z.object({ id: z.string(), since: time, credentials: z.array(credential) })),
});
export type Devices = z.output<typeof devices>;

export const alerts = z.object({
  alerts: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['new_device', 'new_network', 'many_failures', 'passkey_added', 'contact_changed']),
      agent: z.string(),
      at: time,
      answer: z.optional(z.enum(['mine', 'not_me'])),
    }),
  ),
  sign_ins: z.array(
    z.object({ at: time, outcome: z.enum(['done', 'refused']), agent: z.string(), network: z.string() }),
  ),
});
export type Alerts = z.output<typeof alerts>;
export type Alert = Alerts['alerts'][number];

export const holdings = z.object({
  accesses: z.array(z.object({ at: time, role: z.string(), action: z.string(), own: z.boolean() })),
});
export type Access = z.output<typeof holdings>['accesses'][number];

export const ceremony = z.looseObject({ challenge: z.string() });
export const opened = z.object({ application_id: z.string() });
