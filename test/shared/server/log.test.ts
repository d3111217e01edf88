import { expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { createLog } from '../../../shared/server/log.ts';

function setUp() {
  const lines: string[] = [];
  const log = createLog({ service: 'issuer', clock: fixedClock(1_800_000_000), write: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

it('writes one JSON line per event, with the injected time', () => {
  const { log, last } = setUp();
  log.event('service.started', { url: 'http://localhost:4010/issuer', ms: 12 });
  expect(last()).toEqual({
    level: 'info',
    time: 1_800_000_000,
    service: 'issuer',
    url: 'http://localhost:4010/issuer',
    ms: 12,
    event: 'service.started',
  });
});

it('marks failures as errors', () => {
  const { log, last } = setUp();
  log.event('sweep.failed', { task: 'nonces', code: 'unavailable' });
  expect(last().level).toBe('error');
});

it('lets through what looks like an id of ours and nothing else', () => {
  const { log, lines, last } = setUp();
  const kept = [
    'b3f0c1d2-0000-4000-8000-000000000000',
    'GET /things/:id',
    '/',
    '-',
    'POST /.well-known/x',
    'sd_dup_digest',
    'shared/server/http.ts:120',
  ];
  for (const route of kept) {
    log.event('http.refused', { requestId: 'r1', route, status: 400, code: 'shape' });
    expect(last().route).toBe(route);
  }
  const hidden = [
    '王小明',
    '330199199001011234',
    '11010519491231002X',
    'name=Wang',
    'a b',
    'a@b.example',
    '{"a":1}',
    'x'.repeat(200),
    'line\nbreak',
    '/search?id=1',
    '',
  ];
  for (const route of hidden) {
    log.event('http.refused', { requestId: 'r1', route, status: 400, code: 'shape' });
    expect(last().route).toBe('?');
  }
  expect(lines.join('')).not.toMatch(/王|3301991990|19491231|Wang/);
});
