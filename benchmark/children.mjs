import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environment } from '../scripts/commands.mjs';

/** Starts a script of this folder as a process that takes and sends messages. */
export function start(script, execArgv = []) {
  return fork(fileURLToPath(new URL(script, import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: environment(),
    execArgv,
  });
}

/** Its next message; rejects when it ends without one. */
export async function answer(child) {
  const stop = new AbortController();
  const { signal } = stop;
  const message = once(child, 'message', { signal }).then(([value]) => value);
  const end = once(child, 'exit', { signal }).then(([code, name]) => {
    throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code ?? name}`);
  });
  try {
    return await Promise.race([message, end]);
  } finally {
    message.catch(() => undefined);
    end.catch(() => undefined);
    stop.abort();
  }
}

/** Sends a message and awaits the next one that comes back. */
export function ask(child, message) {
  const answered = answer(child);
  child.send(message);
  return answered;
}
