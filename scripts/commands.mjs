import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that is told in one sentence, without a stack. */
export class Stop extends Error {}

/** Runs a command with its output shown; resolves to whether it succeeded. */
export function succeeds(command, args, options = {}) {
  const { error, status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw new Stop(`${command} could not be started: ${error.message}`);
  return status === 0;
}

/** Runs a command with its output shown and stops when it fails. */
export function run(command, args, options) {
  if (!succeeds(command, args, options)) throw new Stop(`${[command, ...args].join(' ')} failed.`);
}

export function npm(args) {
  run('npm', args, { shell: process.platform === 'win32' });
}

/** What npm prints; stops with all of its output when it fails. */
export function npmOutput(args, options) {
  const shell = process.platform === 'win32';
  const { error, status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell, ...options });
  if (error || status !== 0) throw new Stop(`npm ${args.join(' ')} failed.\n${error?.message ?? stdout + stderr}`);
  return stdout;
}

/** The script behind a command of an installed package, to be started with this very Node. */
export function binary(packageName, command) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = readJson(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Stops unless Node and cargo are there and new enough. */
export function requireToolchain() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Stop(`Developing this package needs Node.js 20 or newer; this is ${process.version}.`);
  }
  const needed = /^rust-version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))[1];
  const { error, status, stdout } = spawnSync('cargo', ['--version'], { cwd: root, encoding: 'utf8' });
  if (error || status !== 0) {
    throw new Stop(
      `cargo was not found: the native addon is built from Rust ${needed} or newer, which https://rustup.rs installs.`,
    );
  }
  const found = /^cargo (\d+\.\d+)/.exec(stdout)?.[1] ?? '0.0';
  if (found.localeCompare(needed, 'en', { numeric: true }) < 0) {
    throw new Stop(`The native addon is built from Rust ${needed} or newer; this is ${stdout.trim()}.`);
  }
}

/** Runs a script's main function; a failure becomes one line and a non-zero exit code. */
export async function main(action) {
  try {
    process.exitCode = (await action()) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Stops with the command to use when a file of the repository is not there. */
export function requireFile(file) {
  if (!existsSync(join(root, file))) throw new Stop(`${file} is missing.`);
}

/** The environment without the developer's own configuration and proxies, which must not decide what a test or the tour sees. */
export function environment() {
  const foreign =
    /^(MONOCLOUD_BACKEND_.*|(HTTP|HTTPS|ALL|NO)_PROXY|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
