import { expect, it } from 'vitest';
import { startTestIssuer } from '../../support/issuer.ts';

it('the issuer serves the apply API: to holders who signed in, from its own pages', async () => {
  const issuer = await startTestIssuer({ empty: true });
  const ask = (headers: Record<string, string>) =>
    fetch(`${issuer.origin}/apply/api/application`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  const stranger = await ask({ origin: issuer.origin, cookie: 'hufu-account=not-a-session' });
  expect([stranger.status, (await stranger.json()).code]).toEqual([401, 'unauthenticated']);
  const foreign = await ask({ origin: 'https://elsewhere.example', cookie: 'hufu-account=x' });
  expect([foreign.status, (await foreign.json()).code]).toEqual([403, 'origin_refused']);
  const applied = issuer.issuer.routes.filter(({ path }) => path.startsWith('/apply/'));
  expect(applied.length).toBeGreaterThan(10);
  expect(applied.every(({ auth, origin }) => auth?.name === 'account' && origin === 'same')).toBe(true);
  const described = await (await fetch(`${issuer.origin}/openapi.json`)).json();
  expect(Object.keys(described.paths)).toContain('/apply/api/evidence/{side}');
  expect(await issuer.db.kysely.selectFrom('application').select('id').execute()).toEqual([]);
  await issuer.close();
});
