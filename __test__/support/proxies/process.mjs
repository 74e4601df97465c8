import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { freePort } from '../free-port.mjs';

/** Far more than any proxy needs to start. */
const START_LIMIT = 60_000;
const TRIES = 5;

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * For `describe` and `test`: skips where the program is not there, except in continuous integration, where its absence
 * is a failure.
 */
export function needs(name, binary, versionArgument) {
  const isThere = spawnSync(binary, [versionArgument], { stdio: 'ignore' }).status === 0;
  return {
    isThere,
    skip: isThere || process.env.CI ? false : `${name} was not found (${binary}): .ci/run says how to install it`,
  };
}

/**
 * Starts a proxy in the foreground, in a folder of its own, on a free port of 127.0.0.1, and waits until it completes a
 * TLS handshake with the server certificate of this start. It ends, and the folder goes, with the test.
 *
 * @param proxy `{ name, binary, program }`, where `program(port, folder)` is `{ files, args, env }`: what to write into
 * the folder, by name, and the command line
 * @param ca the authority of the proxy's server certificate, PEM
 */
export async function startProcess(t, { name, binary, isThere, program }, ca) {
  if (!isThere) throw new Error(`${name} was not found (${binary}): continuous integration installs it`);
  for (let tries = 1; ; tries += 1) {
    const folder = await mkdtemp(join(tmpdir(), `backend-node-${name}-`));
    const port = await freePort();
    const { files, args, env = {} } = program(port, folder);
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { mode: 0o600 });
    const output = await open(join(folder, 'output.log'), 'w+');
    const stdio = ['ignore', output.fd, output.fd];
    const child = spawn(binary, args, { cwd: folder, env: { ...process.env, ...env }, stdio });
    running.add(child);
    const closed = once(child, 'close').finally(() => running.delete(child));
    t.after(async () => {
      child.kill('SIGKILL');
      await closed;
      await output.close();
      await rm(folder, { recursive: true, force: true });
    });
    if (await isReady(child, port, ca)) return { port };
    child.kill('SIGKILL');
    await closed;
    const text = await readFile(join(folder, 'output.log'), 'utf8');
    // Between the look for a free port and its use another process may have taken it.
    if (tries === TRIES || !/in use|EADDRINUSE|cannot bind|could not bind/i.test(text)) {
      throw new Error(`${name} did not start:\n${text}`);
    }
  }
}

/** Whether the child came to serve, rather than ended. */
async function isReady(child, port, ca) {
  const limit = Date.now() + START_LIMIT;
  while (child.exitCode === null && child.signalCode === null && Date.now() < limit) {
    if (await handshakes(port, ca)) return true;
    await pause(10);
  }
  return false;
}

/** Another server that took the port has no certificate of this authority. */
function handshakes(port, ca) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
