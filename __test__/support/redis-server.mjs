import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.mjs';

/** `valkey-server` speaks the same protocol. */
const BINARY = process.env.REDIS_SERVER ?? 'redis-server';

const isThere = spawnSync(BINARY, ['--version']).status === 0;

/** For `describe`: skips where there is no server, except in continuous integration, where its absence is a failure. */
export const needsRedis = {
  skip: isThere || process.env.CI ? false : `${BINARY} was not found: install Redis, or name one in REDIS_SERVER`,
};

const running = new Set();
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** Starts a server of the test's own, without persistence, on a free port of 127.0.0.1. It ends with the process. */
export async function startRedis() {
  if (!isThere) throw new Error(`${BINARY} was not found: continuous integration installs it`);
  const port = await freePort();
  let server = await launch(port);

  const end = async (signal) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    /** Connections break; new ones are refused. */
    kill: () => end('SIGKILL'),
    /** Empty, on the same port. */
    async restart() {
      await end('SIGKILL');
      server = await launch(port);
    },
    /** Connections stay, and new ones are made, but nothing is answered. */
    stall: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    close: () => end('SIGKILL'),
  };
}

async function launch(port) {
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(BINARY, options.map(String), { stdio: ['ignore', 'pipe', 'ignore'] });
  running.add(server);
  server.once('exit', () => running.delete(server));
  const log = createInterface({ input: server.stdout });
  const lines = [];
  const ready = new Promise((resolve, reject) => {
    log.on('line', (line) => {
      lines.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(`${BINARY} ended early:\n${lines.join('\n')}`)));
  });
  await ready;
  return server;
}
