import { spawn, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { root } from '../scripts/commands.mjs';

const EXAMPLE = ['--release', '--no-default-features', '--locked', '--example', 'signature-cost'];

/**
 * The bare check of aws-lc-rs under a prepared key, as a contender in a process of its own; nothing without a Rust
 * toolchain.
 */
export function startSignatureCost({ pems, tokens }, alg) {
  const built = spawnSync('cargo', ['build', ...EXAMPLE, '--message-format', 'json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const program = built.status === 0 ? executable(built.stdout) : undefined;
  if (program === undefined) return undefined;
  const { file, stride } = tokens[alg];
  const child = spawn(program, [alg, keyOf(pems[alg]), file, String(stride)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const measure = async (count) => {
    child.stdin.write(`${count}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('The bare check ended');
    const time = Number(value) / 1000 / count;
    return { time, main: undefined, all: time };
  };
  return { name: 'aws-lc-rs, the bare check', measure, close: () => child.stdin.end() };
}

function executable(output) {
  const artifacts = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return artifacts.find(({ executable: path, target }) => path && target.name === 'signature-cost')?.executable;
}

/** As aws-lc-rs takes it: RSAPublicKey (RFC 8017), a point of the curve uncompressed, or the 32 octets (RFC 8032). */
function keyOf(pem) {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType === 'rsa') return key.export({ format: 'der', type: 'pkcs1' }).toString('hex');
  const octets = key.asymmetricKeyType === 'ec' ? 65 : 32;
  return key.export({ format: 'der', type: 'spki' }).subarray(-octets).toString('hex');
}
