/** Codes of the API as words of the reader. */
import { text } from './state.ts';
import type { Access } from './views.ts';

const systems: Readonly<Record<string, string>> = {
  harmony: 'HarmonyOS',
  android: 'Android',
  ios: 'iOS',
  windows: 'Windows',
  mac: 'macOS',
  linux: 'Linux',
};
const browsers: Readonly<Record<string, string>> = {
  wechat: 'WeChat',
  edge: 'Edge',
  firefox: 'Firefox',
  chrome: 'Chrome',
  safari: 'Safari',
};

export function deviceName(agent: string): string {
  const t = text.value;
  const [system = '', browser = ''] = agent.split('-');
  const other = t('unknownDevice');
  return t('device', { system: systems[system] ?? other, browser: browsers[browser] ?? other });
}

export function credentialName(configurationId: string): string {
  const t = text.value;
  if (configurationId === 'driving-licence-sd-jwt') return t('licence');
  if (configurationId === 'resident-id-vc-jwt') return t('residentVc');
  return configurationId.startsWith('resident-id') ? t('resident') : configurationId;
}

const states = ['draft', 'sent', 'review', 'asked', 'approved', 'refused', 'withdrawn'] as const;

export function applicationState(state: string): string {
  const known = states.find((name) => name === state);
  return known === undefined ? state : text.value(`application_${known}`);
}

const staff = ['system', 'reviewer', 'supervisor', 'auditor', 'operator', 'registrar'] as const;

/** Who did it, by role; a token may have several, the first we know says most. */
export function actorName({ own, role }: Access): string {
  const t = text.value;
  if (own) return t('you');
  if (role === 'holder') return t('wallet');
  const roles = role.split(' ');
  const known = staff.find((name) => roles.includes(name));
  if (known !== undefined) return t(`role_${known}`);
  if (roles.includes('issuer-operator')) return t('role_issuer');
  return roles.includes('lifecycle-operator') ? t('role_lifecycle') : t('role_other');
}

const acts = [
  [/^(issuance|credential)\.(read|list|look)/, 'act_look'],
  [/\.search$/, 'act_search'],
  [/^credential\.suspend/, 'act_suspend'],
  [/^credential\.resume/, 'act_resume'],
  [/^credential\.revoke|^wallet\.remove/, 'act_revoke'],
  [/^(credential|offer|issuance)\./, 'act_issue'],
  [/^(application\.)?evidence|^application\.(read|look|view)/, 'act_evidence'],
  [/^(application|enrolment|review)\./, 'act_application'],
  [/^session\.open/, 'act_signIn'],
  [/^session\.end/, 'act_signOut'],
  [/^passkey\./, 'act_passkey'],
  [/^(account|alert)\./, 'act_account'],
] as const;

export function actName(action: string): string {
  return text.value(acts.find(([pattern]) => pattern.test(action))?.[1] ?? 'act_other');
}
