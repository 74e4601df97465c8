import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { binary, root } from '../scripts/commands.mjs';

it('the types of redis 4, redis 5 and ioredis 5 clients are accepted', async () => {
  const compiler = spawn(process.execPath, [binary('typescript', 'tsc'), '-p', '__test__/redis-types'], { cwd: root });
  const output = compiler.stdout.toArray();
  const [code] = await once(compiler, 'close');
  assert.equal(Buffer.concat(await output).toString(), '');
  assert.equal(code, 0);
});
