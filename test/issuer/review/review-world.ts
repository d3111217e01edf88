/** The console of a whole issuer over HTTP, with colleagues who have passkeys, and applications that wait for them. */

import type { Person } from '../../../issuer/register/index.ts';
import { inviteStaff } from '../../../issuer/review/index.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { type WebPasskey, webPasskey } from '../../support/web-passkey.ts';
import { type EnrolmentWorld, startEnrolmentWorld } from '../enrolment/enrolment-world.ts';

type Role = Parameters<typeof inviteStaff>[0]['roles'][number];

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly json: any;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}

export interface Colleague {
  readonly id: string;
  readonly passkey: WebPasskey;
  cookie: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: JsonObject): Promise<Answer>;
  signIn(): Promise<Answer>;
  /** Claims it; the answer is the case. */
  claim(id: string): Promise<Answer>;
  decide(id: string, verdict: JsonObject): Promise<Answer>;
}

export interface ReviewWorld extends EnrolmentWorld {
  call(method: 'GET' | 'POST', path: string, options?: CallOptions): Promise<Answer>;
  invite(name: string, roles: readonly Role[], number: string): ReturnType<typeof inviteStaff>;
  hire(name: string, roles: readonly Role[], slug?: string): Promise<Colleague>;
  /** A sent application that waits for a person; its id. */
  apply(slug: string, change?: { readonly fields?: JsonObject }): Promise<string>;
}

export interface CallOptions {
  readonly cookie?: string;
  readonly body?: JsonObject;
  readonly origin?: string | undefined;
}

export async function startReviewWorld(options: { readonly databaseUrl?: string } = {}): Promise<ReviewWorld> {
  const world = await startEnrolmentWorld(options);
  const { issuer, clock, deps } = world;
  const { origin } = issuer;

  async function call(method: 'GET' | 'POST', path: string, options: CallOptions = {}): Promise<Answer> {
    const { cookie, body } = options;
    const from = 'origin' in options ? options.origin : origin;
    const answer = await fetch(`${issuer.url}/console/api/${path}`, {
      method,
      headers: {
        ...(from !== undefined && { origin: from }),
        ...(cookie !== undefined && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const text = Buffer.from(bytes).toString('utf8');
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    return { status: answer.status, json, bytes, headers: answer.headers };
  }

  const invite: ReviewWorld['invite'] = (name, roles, number) =>
    inviteStaff({ name, roles, number }, { db: issuer.db, clock, envelope: deps.envelope, idCard: deps.idCard });

  return Object.assign(world, {
    call,
    invite,
    async hire(name: string, roles: readonly Role[], slug = 'batu') {
      const { number } = await world.person(slug);
      const { staffId, token } = await invite(name, roles, number);
      const passkey = webPasskey({ origin, rpId: new URL(origin).hostname });
      const options = await call('POST', 'invite/options', { body: { token } });
      const body = { token, passkey: passkey.create(options.json) as JsonObject };
      const entered = await call('POST', 'invite', { body });
      if (entered.status !== 204) throw new TypeError(`invited: ${entered.status}`);
      const colleague: Colleague = {
        id: staffId,
        passkey,
        cookie: cookieOf(entered),
        get: (path) => call('GET', path, { cookie: colleague.cookie }),
        post: (path, body = {}) => call('POST', path, { cookie: colleague.cookie, body }),
        async signIn() {
          const options = await call('POST', 'sign-in/options', { body: {} });
          const answer = await call('POST', 'sign-in', {
            cookie: colleague.cookie,
            body: passkey.get(options.json) as JsonObject,
          });
          if (answer.status === 204) colleague.cookie = cookieOf(answer);
          return answer;
        },
        claim: (id) => colleague.post(`applications/${id}/claim`),
        decide: (id, verdict) => colleague.post(`applications/${id}/decision`, verdict),
      };
      return colleague;
    },
    async apply(slug: string, change: { readonly fields?: JsonObject } = {}) {
      const person: Person = await world.person(slug);
      const holder = await world.holder();
      await holder.fill(person, change);
      await holder.send();
      const { application } = (await holder.get('application')).json;
      if (application.state !== 'review') throw new TypeError(`not in review: ${application.state}`);
      return application.id;
    },
  });
}

export function cookieOf(answer: Answer): string {
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
