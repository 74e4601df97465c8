import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('examples/cluster', needsRedis, () => {
  it('shares introspection results and a revocation among four processes', async (t) => {
    const redis = await startRedis();
    t.after(() => redis.close());
    const env = { ...process.env, REDIS_URL: redis.url };
    const child = spawn(process.execPath, ['examples/cluster/main.mjs'], { cwd: root, env });
    t.after(() => child.kill('SIGKILL'));
    const output = Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
    const [code] = await once(child, 'close');
    const [stdout, stderr] = (await output).map((chunks) => Buffer.concat(chunks).toString());
    assert.deepEqual([code, stderr], [0, ''], stdout);

    const lines = stdout.trim().split('\n');
    assert.ok(
      lines.every((line) => line.startsWith('✓')),
      stdout,
    );
    for (const worker of [1, 2, 3, 4]) {
      const seen = lines.filter((line) => line.includes(`worker ${worker}: `) && !line.includes('revocation'));
      assert.deepEqual(
        seen.map((line) => line.split(' ')[1]),
        ['200', '200', '401'],
        stdout,
      );
    }
    assert.match(stdout, /✓ 1 {2}introspections/u);
  });
});
