/** Words of the account page's API: snake_case, times in epoch seconds, names and numbers masked. */
import * as z from 'zod';
import type { WireErrors } from '../../shared/server/wire.ts';
import { sessionWire } from '../passkeys/index.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{16,40}$/);
const time = z.int().min(0);
const agent = z.string();

export const idParams = z.object({ id });
export const nothing = z.strictObject({});
export const tokenRequest = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
export const deletionRequest = z.strictObject({ confirm: z.literal('delete') });
/** Null: no mails any more. */
export const contactRequest = z.strictObject({ email: z.email().max(254).nullable() });

const credential = z.object({
  id,
  configuration_id: z.string(),
  status: z.enum(['valid', 'suspended', 'revoked']),
  issued_at: time,
  expires_at: time,
  accepted: z.boolean(),
});

export const overview = z.object({
  state: z.enum(['open', 'frozen']),
  mail: z.boolean().meta({ description: 'Whether alerts can be sent by mail here' }),
  created_at: time,
  frozen_at: time.optional(),
  freeze_reason: z.enum(['holder', 'not_me', 'card_lost']).optional(),
  contact_masked: z.string().optional(),
  real_name: z.object({
    verified: z.boolean(),
    name_masked: z.string().optional(),
    number_last4: z.string().optional(),
    card_valid_until: z.string().optional(),
  }),
  applications: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      configuration_ids: z.array(z.string()),
      created_at: time,
      sent_at: time.optional(),
      decided_at: time.optional(),
      reason: z.string().optional(),
    }),
  ),
  credentials: z.array(credential),
  open_alerts: z.int(),
});

export const devices = z.object({
  passkeys: z.array(
    z.object({
      id,
      agent,
      synced: z.boolean(),
      created_at: time,
      used_at: time.optional(),
      current: z.boolean(),
    }),
  ),
  sessions: z.array(
    z.object({ id, agent, network: z.string(), created_at: time, seen_at: time, current: z.boolean() }),
  ),
  wallets: z.array(z.object({ id: z.string(), since: time, credentials: z.array(credential) })),
});

export const alerts = z.object({
  alerts: z.array(
    z.object({
      id,
      kind: z.enum(['new_device', 'new_network', 'many_failures', 'passkey_added', 'contact_changed']),
      agent,
      at: time,
      answer: z.enum(['mine', 'not_me']).optional(),
    }),
  ),
  sign_ins: z.array(z.object({ at: time, outcome: z.enum(['done', 'refused']), agent, network: z.string() })),
});

export const holdings = z.object({
  ...overview.shape,
  ...devices.shape,
  ...alerts.shape,
  accesses: z.array(z.object({ at: time, role: z.string(), action: z.string(), own: z.boolean() })),
  kept: z.array(z.string()),
});

export const opened = z.object({ application_id: z.string() });
export const deleted = z.object({ kept: z.array(z.string()) });

export const accountWire: WireErrors = {
  style: 'problem',
  table: {
    ...sessionWire.table,
    account_frozen: {
      status: 409,
      error: 'account_frozen',
      description: 'The digital ID is frozen. Unfreeze it first.',
    },
    alert_unknown: { status: 404, error: 'alert_unknown', description: 'No such alert, or it was answered.' },
  },
};
