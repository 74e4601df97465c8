import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** The Redis at REDIS_URL, or one of our own on a free port. */
export async function findRedis() {
  const { REDIS_URL: url } = process.env;
  return url ? { url, async close() {} } : startRedis();
}

async function startRedis() {
  const port = await freePort();
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => server.kill('SIGKILL'));
  const exit = once(server, 'exit');
  await ready(server, exit);
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      server.kill('SIGTERM');
      await exit;
    },
  };
}

async function ready(server, exit) {
  const accepting = new Promise((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  const ended = exit.then(() => Promise.reject(new Error('redis-server ended early')));
  await Promise.race([accepting, ended]);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
