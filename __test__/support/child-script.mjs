import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Far more than any script needs, so that only one that never ends is killed. */
const LIMIT = 60_000;

/**
 * Runs the text of an ES module in a Node process of its own, in the package's folder, and waits until it ends.
 *
 * `signal` is SIGKILL when it did not end by itself. The developer's own configuration, proxies and trust files are
 * not handed on.
 */
export async function runScript(text, { env = {}, nodeOptions = [], input = {} } = {}) {
  const script = `const input = ${JSON.stringify(input)};\n${text}`;
  const child = spawn(process.execPath, [...nodeOptions, '--input-type=module', '--eval', script], {
    cwd: root,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'exit'),
  ]);
  clearTimeout(timer);
  return { code, signal, stdout, stderr };
}

function cleanEnvironment() {
  const foreign =
    /^(MONOCLOUD_BACKEND_.*|(HTTP|HTTPS|ALL|NO)_PROXY|NODE_.*|SSL_CERT_(FILE|DIR)|NODE_TLS_REJECT_UNAUTHORIZED)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

async function textOf(stream) {
  const chunks = await stream.setEncoding('utf8').toArray();
  return chunks.join('');
}
