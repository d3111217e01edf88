import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HufuError } from '../../../shared/errors.ts';
import { createLog } from '../../../shared/server/log.ts';
import { startSweeper } from '../../../shared/server/sweeper.ts';

it('runs every task, also after one that fails, logs both, and never two rounds at once', async () => {
  const lines: string[] = [];
  let running = 0;
  let most = 0;
  let rounds = 0;
  const sweeper = startSweeper({
    everySeconds: 3600,
    log: createLog({ service: 'x', write: (line) => lines.push(line) }),
    tasks: {
      broken: () => Promise.reject(new HufuError('unavailable')),
      nonces: async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(20);
        running -= 1;
        rounds += 1;
        return 3;
      },
      idle: async () => 0,
    },
  });
  await Promise.all([sweeper.sweep(), sweeper.sweep(), sweeper.sweep()]);
  expect([most, rounds]).toEqual([1, 1]);
  await sweeper.sweep();
  expect(rounds).toBe(2);
  const events = lines.map((line) => JSON.parse(line));
  expect(events.map(({ event, task }) => `${event} ${task}`).slice(0, 2)).toEqual([
    'sweep.failed broken',
    'sweep.done nonces',
  ]);
  expect(events.some(({ task }) => task === 'idle')).toBe(false);
  await sweeper.stop();
});

it('sweeps by itself', async () => {
  let rounds = 0;
  const sweeper = startSweeper({
    everySeconds: 0.02,
    log: { event: () => undefined },
    tasks: { x: async () => ++rounds },
  });
  await sleep(200);
  await sweeper.stop();
  const after = rounds;
  expect(after).toBeGreaterThan(1);
  await sleep(60);
  expect(rounds).toBe(after);
});
