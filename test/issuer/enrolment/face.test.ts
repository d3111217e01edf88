import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CapturedStep, drawSteps, type FaceStep, judgeCapture } from '../../../issuer/enrolment/face-challenge.ts';
import { encodeBase64, type JsonObject } from '../../../shared/encoding/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { type EnrolmentWorld, type Holder, measuredFor, picture, startEnrolmentWorld } from './enrolment-world.ts';

let world: EnrolmentWorld;
beforeAll(async () => {
  world = await startEnrolmentWorld();
});
afterAll(() => world.close());

async function atFace(): Promise<Holder> {
  const holder = await world.holder();
  await holder.post('application', {});
  await holder.post('consent', { notice: '2026-1', way: 'camera', face: true });
  return holder;
}

const captures = async (holder: Holder) => {
  const { id } = (await holder.get('application')).json.application;
  const evidence = (await world.enrolment.findForReview(id))?.evidence ?? [];
  return evidence.filter(({ kind }) => kind === 'capture').length;
};

const measured = (frame: JsonObject | undefined) => (frame?.measured ?? {}) as JsonObject;

it.each([
  ['no face', 'no_face', (frames: JsonObject[]) => Object.assign(measured(frames[2]), { faces: 0 })],
  ['two faces', 'several_faces', (frames: JsonObject[]) => Object.assign(measured(frames[0]), { faces: 2 })],
  ['a face far away', 'too_small', (frames: JsonObject[]) => Object.assign(measured(frames[0]), { size: 0.1 })],
  ['a face too near', 'too_close', (frames: JsonObject[]) => Object.assign(measured(frames[0]), { size: 0.99 })],
  ['darkness', 'too_dark', (frames: JsonObject[]) => Object.assign(measured(frames[0]), { brightness: 0.05 })],
  ['glare', 'too_bright', (frames: JsonObject[]) => Object.assign(measured(frames[0]), { brightness: 0.99 })],
  ['a blurred picture', 'blurred', (frames: JsonObject[]) => Object.assign(measured(frames[1]), { sharpness: 0 })],
  [
    'a still photo held up',
    'not_performed',
    (frames: JsonObject[]) => frames.map((frame) => Object.assign(measured(frame), { yaw: 0, mouth: 0 })),
  ],
  [
    'one injected picture for all',
    'same_picture',
    (frames: JsonObject[]) => frames.map((frame) => Object.assign(frame, { image: frames[0]?.image })),
  ],
  [
    'a film that jumps',
    'too_fast',
    (frames: JsonObject[]) => frames.map((frame, n) => Object.assign(frame, { at_ms: n })),
  ],
  ['time that runs back', 'too_fast', (frames: JsonObject[]) => Object.assign(frames[4] ?? {}, { at_ms: 0 })],
  ['another order', 'wrong_order', (frames: JsonObject[]) => frames.reverse()],
  ['a step left out', 'wrong_order', (frames: JsonObject[]) => frames.pop()],
])('nc-068 %s does not complete the challenge; no picture is kept', async (_what, reason, spoil) => {
  const holder = await atFace();
  const { id } = (await holder.get('application')).json.application;
  const answer = await holder.face((frames) => void spoil(frames));
  expect([answer.status, answer.json]).toEqual([200, { result: 'not_completed', reason, attempts_left: 4 }]);
  expect(await captures(holder)).toBe(0);
  const entry = (await world.issuer.audit(id)).at(-1);
  expect(entry).toMatchObject({ action: 'proof.fail', outcome: 'refused', actor: holder.accountId });
  // The honest twin.
  expect((await holder.face()).json).toEqual({
    result: 'completed',
    reason: 'challenge_completed',
    attempts_left: 3,
  });
  expect(await captures(holder)).toBe(5);
});

it('nc-068 five attempts, then a person looks at it', async () => {
  const holder = await world.holder();
  await holder.fill(await world.person('lin-yizhou'), { way: 'camera' });
  // `fill` used one, and completed it; what was answered last counts.
  for (let n = 0; n < 4; n += 1) {
    world.clock.advance(1);
    expect((await holder.face((frames) => void frames.pop())).status).toBe(200);
  }
  const sixth = await holder.face();
  expect([sixth.status, sixth.json.code]).toEqual([409, 'attempts_exhausted']);
  await holder.send();
  const { id, state } = (await holder.get('application')).json.application;
  expect(state).toBe('review');
  expect((await world.enrolment.findForReview(id))?.reason).toBe('face_doubtful');
});

it('nc-068 a challenge that was completed approves nobody by itself', async () => {
  const holder = await world.holder();
  await holder.fill(await world.person('chen-siyuan'), { way: 'camera' });
  await holder.send();
  const { id, state } = (await holder.get('application')).json.application;
  expect(state).toBe('review');
  const view = await world.enrolment.findForReview(id);
  expect(view).toMatchObject({ reason: 'person_decides', face: { result: 'challenge_completed' } });
  const reasons = (view?.checks ?? []).map(({ reason }) => reason).join();
  expect(reasons).not.toMatch(/live_|proven|genuine/);
});

it('nc-068 pictures that nobody measured are kept for a person and pass for nothing', async () => {
  const holder = await world.holder();
  await holder.fill(await world.person('batu'), { way: 'camera' });
  world.clock.advance(1);
  const unmeasured = (frames: JsonObject[]) => {
    for (const frame of frames) delete frame.measured;
  };
  expect((await holder.face(unmeasured)).json).toMatchObject({ result: 'captured', reason: 'not_measured' });
  expect(await captures(holder)).toBe(5);
  await holder.send();
  const { id, state } = (await holder.get('application')).json.application;
  expect(state).toBe('review');
  const view = await world.enrolment.findForReview(id);
  expect(view?.reason).toBe('face_doubtful');
  const check = view?.checks.find(({ name }) => name === 'face.challenge');
  expect([check?.result, check?.reason]).toEqual(['doubt', 'not_measured']);
  // What can be told without a measurement still is.
  const other = await world.holder();
  await other.fill(await world.person('chen-siyuan'), { way: 'camera' });
  const shortened = (frames: JsonObject[]) => {
    unmeasured(frames);
    frames.pop();
  };
  expect((await other.face(shortened)).json).toMatchObject({ result: 'not_completed', reason: 'wrong_order' });
});

it('nc-068 a challenge is answered once, in its session, within two minutes, with photos', async () => {
  const holder = await atFace();
  const { json: challenge } = await holder.post('face/challenge');
  const frames = await Promise.all(
    (challenge.steps as FaceStep[]).map(async (step, n) => ({
      step,
      at_ms: n * 500,
      image: encodeBase64(await picture(`once ${n}`)),
      measured: measuredFor(step),
    })),
  );
  const body = { challenge: challenge.id as string, frames };
  const stranger = await atFace();
  expect((await stranger.post('face', body)).status).toBe(401);
  const html = encodeBase64(new Uint8Array(Buffer.from('<script>alert(1)</script>'.padEnd(300))));
  const injected = { ...body, frames: frames.map((frame) => ({ ...frame, image: html })) };
  expect((await holder.post('face', injected)).status).toBe(415);
  expect((await holder.post('face', body)).json.result).toBe('completed');
  expect((await holder.post('face', body)).status).toBe(401);
  const { json: late } = await holder.post('face/challenge');
  world.clock.advance(120);
  expect((await holder.post('face', { ...body, challenge: late.id })).status).toBe(401);
  world.clock.advance(-120);
});

it('without the separate consent there is no challenge, and taking it back leaves no picture', async () => {
  const holder = await world.holder();
  await holder.post('application', {});
  expect((await holder.post('face/challenge')).status).toBe(409);
  expect((await holder.post('consent', { notice: '2026-1', way: 'camera', face: false })).status).toBe(409);
  expect((await holder.post('consent', { notice: '2026-1', way: 'person', face: true })).status).toBe(409);
  expect((await holder.post('consent', { notice: 'old', way: 'person', face: false })).status).toBe(409);
  await holder.post('consent', { notice: '2026-1', way: 'camera', face: true });
  await holder.face();
  expect(await captures(holder)).toBe(5);
  await holder.post('consent', { notice: '2026-1', way: 'person', face: false });
  const { id } = (await holder.get('application')).json.application;
  const rows = await world.issuer.db.kysely
    .selectFrom('application_evidence')
    .select('sealed')
    .where('application_id', '=', id)
    .execute();
  expect(rows.map(({ sealed }) => sealed)).toEqual([null, null, null, null, null]);
  expect((await holder.post('face/challenge')).status).toBe(409);
});

it('orders cannot be foretold: all 24 come up, each begins with a look, none asks twice in a row', () => {
  const orders = new Map<string, number>();
  for (let n = 0; n < 2400; n += 1) {
    const steps = drawSteps(nodeCrypto());
    expect(steps[0]).toBe('look');
    expect(steps.every((step, at) => step !== steps[at - 1])).toBe(true);
    orders.set(steps.join(), (orders.get(steps.join()) ?? 0) + 1);
  }
  expect(orders.size).toBe(24);
  expect(Math.min(...orders.values())).toBeGreaterThan(40);
});

it('the thresholds are on the right side', () => {
  const steps: readonly FaceStep[] = ['look', 'turn-left', 'turn-right', 'open-mouth'];
  type Measured = NonNullable<CapturedStep['measured']>;
  const honest = steps.map((step, n): CapturedStep & { readonly measured: Measured } => {
    const good = { faces: 1, size: 0.2, brightness: 0.15, sharpness: 0.1, mouth: step === 'open-mouth' ? 0.3 : 0 };
    const yaw = step === 'turn-left' ? 15 : step === 'turn-right' ? -15 : 12;
    return { step, at: n * 150, measured: { ...good, yaw }, sha256: String(n) };
  });
  expect(judgeCapture(steps, honest)).toBe('challenge_completed');
  const but = (at: number, change: Partial<Measured>) =>
    judgeCapture(
      steps,
      honest.map((one, n) => (n === at ? { ...one, measured: { ...one.measured, ...change } } : one)),
    );
  expect(but(0, { yaw: 13 })).toBe('not_performed');
  expect(but(1, { yaw: 14 })).toBe('not_performed');
  expect(but(1, { yaw: -25 })).toBe('not_performed');
  expect(but(2, { yaw: 25 })).toBe('not_performed');
  expect(but(3, { mouth: 0.29 })).toBe('not_performed');
});
