import { expect, it } from 'vitest';
import { issuerMigrations } from '../../../issuer/migrations/index.ts';
import { createPasskeys, createSessions, sessionAuth, sessionRules } from '../../../issuer/passkeys/index.ts';
import type { IssuerTables } from '../../../issuer/tables.ts';
import { fixedClock } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/server/database.ts';
import type { RequestHead } from '../../../shared/server/routes.ts';
import { type Engine, eachDatabase } from '../../support/databases.ts';
import { webPasskey } from '../../support/web-passkey.ts';

const place = { origin: 'https://console.example', rpId: 'console.example' };

function staffOn(db: Database<IssuerTables>) {
  const clock = fixedClock(1_795_320_000);
  const passkeys = createPasskeys({ db, clock, ...place, rpName: 'Console', kind: 'staff' });
  const sessions = createSessions({
    db,
    clock,
    kind: 'staff',
    cookieName: 'hufu-console',
    https: true,
    rules: sessionRules.staff,
  });
  const holders = createPasskeys({ db, clock, ...place, rpName: 'Account', kind: 'holder' });
  const holderSessions = createSessions({
    db,
    clock,
    kind: 'holder',
    cookieName: 'hufu-account',
    https: true,
    rules: sessionRules.holder,
  });

  async function hired(ownerId: string) {
    const passkey = webPasskey(place);
    const options = await passkeys.registrationOptions({ id: ownerId, name: 'reviewer 7' }, 'add');
    const response = passkey.create(options) as Parameters<typeof passkeys.verifyRegistration>[0];
    const token = await passkeys.verifyRegistration(response, { ownerId, agent: 'mac-safari' }, async (trx, touch) => {
      const session = { ...touch, placeHash: 'p', agent: 'mac-safari', former: undefined };
      return (await sessions.open(trx, session)).token;
    });
    return { passkey, token };
  }
  return { db, clock, passkeys, sessions, holders, holderSessions, hired };
}

const headWith = (name: string, token: string, method: RequestHead['method'] = 'POST'): RequestHead => ({
  method,
  url: new URL('https://console.example/console/api/queue'),
  ip: '127.0.0.1',
  requestId: 'r',
  header: () => undefined,
  cookie: (asked) => (asked === name ? token : undefined),
});

eachDatabase('sessions of staff', (engine: Engine) => {
  const world = async () => staffOn(await engine.open<IssuerTables>(issuerMigrations));
  const guard = (on: Awaited<ReturnType<typeof world>>, roles: readonly string[] | undefined) =>
    sessionAuth({
      sessions: on.sessions,
      name: 'console',
      description: 'd',
      rolesOf: async () => roles,
      allowed: ['reviewer'],
    });

  it('nc-077 the cookie is __Host-, HttpOnly, Secure, SameSite=Strict, for this host and all its paths', async () => {
    const { sessions } = await world();
    expect(sessions.cookie('t')).toBe(
      '__Host-hufu-console=t; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure',
    );
    expect(sessions.cookie(undefined)).toContain('__Host-hufu-console=; Path=/; Max-Age=0;');
  });

  it('nc-077 fifteen minutes without an act end it, acts keep it, twelve hours end it whatever happens', async () => {
    const on = await world();
    const { token } = await on.hired('staff-1');
    const head = headWith('__Host-hufu-console', token);
    const auth = guard(on, ['reviewer']);
    on.clock.advance(899);
    expect(await auth.authenticate(head)).toEqual({ id: 'staff-1', roles: ['reviewer'] });
    for (let passed = 899; passed + 899 < 43_200; passed += 899) {
      on.clock.advance(899);
      await auth.authenticate(head);
    }
    on.clock.advance(899);
    await expect(auth.authenticate(head)).rejects.toThrow('unauthenticated');

    const idle = await on.hired('staff-2');
    on.clock.advance(900);
    await expect(auth.authenticate(headWith('__Host-hufu-console', idle.token))).rejects.toThrow('unauthenticated');
  });

  it('looking does not keep it awake', async () => {
    const on = await world();
    const { token } = await on.hired('staff-1');
    const auth = guard(on, ['reviewer']);
    on.clock.advance(600);
    await auth.authenticate(headWith('__Host-hufu-console', token, 'GET'));
    on.clock.advance(300);
    await expect(auth.authenticate(headWith('__Host-hufu-console', token))).rejects.toThrow('unauthenticated');
  });

  it('somebody without the role is forbidden, somebody who left is nobody', async () => {
    const on = await world();
    const { token } = await on.hired('staff-1');
    const head = headWith('__Host-hufu-console', token);
    await expect(guard(on, ['auditor']).authenticate(head)).rejects.toThrow('forbidden');
    await expect(guard(on, undefined).authenticate(head)).rejects.toThrow('unauthenticated');
    await expect(guard(on, ['auditor', 'reviewer']).authenticate(head)).resolves.toMatchObject({ id: 'staff-1' });
  });

  it('a passkey and a session of staff are nothing to holders', async () => {
    const on = await world();
    const { passkey, token } = await on.hired('staff-1');
    expect(await on.holderSessions.find(token, false)).toBeUndefined();
    expect(await on.sessions.find(token, false)).toMatchObject({ ownerId: 'staff-1' });
    const asHolder = passkey.get(await on.holders.signInOptions()) as Parameters<typeof on.holders.verifySignIn>[0];
    await expect(on.holders.verifySignIn(asHolder, async () => 'in')).rejects.toThrow('passkey_invalid');
    const crossed = passkey.get(await on.holders.signInOptions()) as typeof asHolder;
    await expect(on.passkeys.verifySignIn(crossed, async () => 'in')).rejects.toThrow('challenge_unknown');
    const asStaff = passkey.get(await on.passkeys.signInOptions()) as typeof asHolder;
    expect(await on.passkeys.verifySignIn(asStaff, async (_trx, touch) => touch.ownerId)).toBe('staff-1');
  });

  it('a rotated token is the session, the old one is nothing', async () => {
    const on = await world();
    const { token } = await on.hired('staff-1');
    const before = await on.sessions.find(token, false);
    const { sessions } = on;
    const next = await on.db.transaction((trx) => sessions.rotate(trx, token));
    expect(await sessions.find(token, false)).toBeUndefined();
    expect((await sessions.find(next, false))?.id).toBe(before?.id);
    await expect(on.db.transaction((trx) => sessions.rotate(trx, token))).rejects.toThrow('unauthenticated');
  });

  it('what fails with the sign-in leaves the challenge unused and nothing behind', async () => {
    const on = await world();
    const { passkey } = await on.hired('staff-1');
    const answer = passkey.get(await on.passkeys.signInOptions()) as Parameters<typeof on.passkeys.verifySignIn>[0];
    const failing = on.passkeys.verifySignIn(answer, async () => Promise.reject(new Error('after')));
    await expect(failing).rejects.toThrow('after');
    expect(await on.passkeys.verifySignIn(answer, async (_trx, { ownerId }) => ownerId)).toBe('staff-1');
  });

  it('the last passkey stays', async () => {
    const on = await world();
    await on.hired('staff-1');
    const [only] = await on.passkeys.list('staff-1');
    const removing = on.db.transaction((trx) => on.passkeys.remove(trx, 'staff-1', only?.id ?? ''));
    await expect(removing).rejects.toThrow('conflict');
    expect(await on.passkeys.list('staff-1')).toHaveLength(1);
  });
});
