/** Runs once around the whole test run. */
import type { TestProject } from 'vitest/node';
import { offerPostgres } from './postgres.ts';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  return offerPostgres(project);
}
