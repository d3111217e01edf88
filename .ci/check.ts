/** `npm run check`: types, format and lint, promise rules, walls between rooms, unused code. All faults of all tools, then one verdict. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  /** The tool must fail here: a check that cannot fail is a defect. */
  readonly mustFail?: boolean;
}

const rooms = ['shared', 'issuer', 'verifier', 'wallet', 'main.ts'];
const walls = ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err'];

function run(
  check: Check,
): Promise<{ readonly check: Check; readonly passed: boolean; readonly output: string; readonly seconds: number }> {
  const started = performance.now();
  return new Promise((resolve) => {
    const [program = '', ...args] = check.command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ check, passed: false, output: error.message, seconds: 0 }));
    child.on('close', (code) => {
      const passed = check.mustFail ? code !== 0 && output.includes('shared-knows-nobody') : code === 0;
      resolve({ check, passed, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

/** A planted violation proves that the wall checker really reads the modules. */
const planted = await mkdtemp(join('shared', '.planted-'));
await writeFile(join(planted, 'index.ts'), "export { createIssuer } from '../../issuer/issuer.ts';\n");
try {
  const lanes: readonly (readonly Check[])[] = [
    [
      { name: 'types: servers and tests', command: ['tsc', '-p', '.'] },
      { name: 'types: shared, browser-safe', command: ['tsc', '-p', 'shared'] },
      { name: 'types: wallet', command: ['tsc', '-p', 'wallet'] },
      { name: 'types: desk page', command: ['tsc', '-p', 'verifier/pages'] },
      { name: 'types: issuer pages', command: ['tsc', '-p', 'issuer/pages'] },
      { name: 'promises (oxlint, type-aware)', command: ['oxlint', '--type-aware', '--quiet'] },
    ],
    [
      { name: 'format, imports, lint (biome)', command: ['biome', 'ci', '--reporter=summary', '.'] },
      { name: 'walls between rooms', command: [...walls, '--exclude', '\\.planted-', ...rooms] },
      { name: 'walls: a planted violation is seen', command: [...walls, planted], mustFail: true },
      { name: 'unused files, exports, dependencies (knip)', command: ['knip'] },
    ],
  ];
  const results = (
    await Promise.all(
      lanes.map(async (lane) => {
        const done = [];
        for (const check of lane) done.push(await run(check));
        return done;
      }),
    )
  ).flat();
  for (const { check, passed, output, seconds } of results) {
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${check.name} (${seconds.toFixed(1)} s)`);
    if (!passed) console.log(output.slice(0, 6000));
  }
  process.exitCode = results.every((result) => result.passed) ? 0 : 1;
} finally {
  await rm(planted, { recursive: true, force: true });
}
