import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openEnrolmentSettings } from '../../../issuer/enrolment/index.ts';
import { startFaceService, type TestFaceService } from '../../support/face-service.ts';
import { type EnrolmentWorld, startEnrolmentWorld } from './enrolment-world.ts';

let service: TestFaceService;
let world: EnrolmentWorld;
let folder: string;
let tokenFile: string;
beforeAll(async () => {
  service = await startFaceService();
  folder = mkdtempSync(join(tmpdir(), 'hufu-face-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${service.token}\n`, { mode: 0o600 });
  const settings = openEnrolmentSettings({ faceService: { url: service.url, tokenFile } });
  world = await startEnrolmentWorld({ deps: settings });
});
beforeEach(() => {
  service.match = 'same';
  service.liveness = 'live';
  service.instead = undefined;
});
afterAll(async () => {
  await world.close();
  await service.close();
  rmSync(folder, { recursive: true });
});

const apply = async (slug: string) => {
  const holder = await world.holder();
  await holder.fill(await world.person(slug), { way: 'camera' });
  await holder.send();
  const { application } = (await holder.get('application')).json;
  const checks = (await world.enrolment.findForReview(application.id))?.checks ?? [];
  const found = (name: string) => checks.find((check) => check.name === name);
  return { application, match: found('face.match'), liveness: found('face.liveness') };
};

it('a clear case is approved with nobody touching it; the service saw the register portrait and every frame', async () => {
  const { application } = await apply('lin-yizhou');
  expect(application).toMatchObject({ state: 'approved', reason: 'checks_passed' });
  const [match, liveness] = service.questions;
  expect([match?.path, liveness?.path]).toEqual(['/match', '/liveness']);
  const picture = (await world.person('lin-yizhou')).picture ?? new Uint8Array();
  expect(match?.body.reference).toBe(Buffer.from(picture).toString('base64'));
  expect(match?.body.frames).toHaveLength(5);
  expect(liveness?.body.steps).toHaveLength(5);
});

it.each([
  ['different', 'live', 'chen-siyuan'],
  ['unsure', 'live', 'wang-jianguo'],
  ['same', 'not_live', 'li-yutong'],
  ['same', 'unsure', 'zhao-zimo'],
])('nc-068 a service that says %s and %s approves nobody', async (match, liveness, slug) => {
  Object.assign(service, { match, liveness });
  const { application } = await apply(slug);
  expect(application.state).toBe('review');
  expect((await world.enrolment.findForReview(application.id))?.reason).toBe('face_doubtful');
});

it.each([
  ['500', { status: 500, type: 'application/json', text: '{"result":"same"}' }],
  ['an unknown answer', { status: 200, type: 'application/json', text: '{"result":"SAME"}' }],
  ['more than an answer', { status: 200, type: 'application/json', text: '{"result":"same","score":1}' }],
  ['a double answer', { status: 200, type: 'application/json', text: '{"result":"different","result":"same"}' }],
  ['a page', { status: 200, type: 'text/html', text: '{"result":"same"}' }],
  ['a redirect', { status: 302, type: 'application/json', text: '' }],
] as const)('nc-068 %s is no answer: a person decides', async (_what, instead) => {
  service.instead = instead;
  const { application, match, liveness } = await apply('chen-siyuan');
  expect(application.state).toBe('review');
  expect([match?.reason, liveness?.reason]).toEqual(['service_down', 'service_down']);
});

it('without the capture the service is not asked', async () => {
  const before = service.questions.length;
  const holder = await world.holder();
  await holder.fill(await world.person('wang-jianguo'));
  await holder.send();
  expect((await holder.get('progress')).json.state).toBe('review');
  expect(service.questions).toHaveLength(before);
});

it('a wrong token file, or a table that is none, stops the start', () => {
  const open = (place: Parameters<typeof openEnrolmentSettings>[0]) => () => openEnrolmentSettings(place);
  const faceService = { url: service.url, tokenFile };
  expect(open({ faceService })).not.toThrow();
  expect(open({ faceService: { ...faceService, tokenFile: join(folder, 'none') } })).toThrow('config_invalid');
  chmodSync(tokenFile, 0o644);
  expect(open({ faceService })).toThrow('config_invalid');
  const outcomeTableFile = join(folder, 'table.json');
  writeFileSync(outcomeTableFile, '{"version":"x"}');
  expect(open({ outcomeTableFile })).toThrow('config_invalid');
  expect(open({ outcomeTableFile: join(folder, 'none') })).toThrow('config_invalid');
});
