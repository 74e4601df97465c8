import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { versionOf } from '../contenders/index.mjs';
import { atMost } from '../goals.mjs';
import { environment, root } from '../../scripts/commands.mjs';
import { ratio, summary } from '../statistics.mjs';

const require = createRequire(import.meta.url);
const OURS = '@monocloud/backend-node';

export const title = 'require in a new process';
export const workload = 'require of one entry in a process that has just started; ms';

export async function run({ size }) {
  const entries = [
    { name: OURS, path: join(root, 'dist', 'index.js') },
    { name: `${OURS} (again)`, path: join(root, 'dist', 'index.js') },
    { name: `${OURS}/fastify`, path: join(root, 'dist', 'fastify.js') },
    { name: `${OURS}/express`, path: join(root, 'dist', 'express.js') },
    ...['jose', 'fast-jwt', 'jsonwebtoken', 'aws-jwt-verify', 'fastify', 'express'].map(peer),
  ].map((entry) => ({ ...entry, rounds: [] }));
  for (let round = 0; round < size.processes; round += 1) {
    for (const entry of entries) entry.rounds.push(requireOnce(entry.path));
  }
  const [ours, again] = entries;
  return {
    results: entries.map(({ path: _path, ...entry }) => ({ ...entry, milliseconds: summary(entry.rounds) })),
    columns: 'milliseconds',
    control: ratio(again.rounds, ours.rounds),
    goals: [atMost('ms for this package', 12, summary(ours.rounds))],
    notes: ['The files are in the cache of the system, as after the first start.'],
  };
}

function peer(name) {
  return { name, version: versionOf(name), path: require.resolve(name) };
}

const SCRIPT = `const start = performance.now(); require(process.argv[1]); console.log(performance.now() - start)`;

function requireOnce(path) {
  const { stdout, status } = spawnSync(process.execPath, ['-e', SCRIPT, path], {
    cwd: dirname(fileURLToPath(import.meta.url)),
    encoding: 'utf8',
    env: environment(),
  });
  if (status !== 0) throw new Error('A process that only requires failed');
  return Number(stdout);
}
