/**
 * Loaded into a service's process ahead of its own main file (`node --import`): tells the bench what the process has
 * spent so far, whenever it asks. The service knows nothing of it.
 */
import process from 'node:process';

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ micros: user + system, resident: process.memoryUsage.rss() });
});
// The service alone decides when it is done.
process.channel?.unref();
