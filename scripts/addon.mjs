import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { binary, readJson, root, run } from './commands.mjs';

/** Builds the native addon with the types of its door (index.d.ts) when it is missing or older than its sources. */
export function buildAddon() {
  if (isFresh()) return;
  console.error('Building the native addon (the first time takes a few minutes) …');
  const started = new Date();
  run(process.execPath, [binary('@napi-rs/cli', 'napi'), 'build', ...options]);
  // Sources edited while the compiler ran count as newer than the addon.
  for (const file of addons()) utimesSync(join(root, file), started, started);
}

const options = ['--platform', '--release', '--no-js', '--dts', 'index.d.ts'];

const sources = ['src', 'Cargo.toml', 'Cargo.lock', 'build.rs', 'package.json'];

function isFresh() {
  const built = addons();
  if (built.length === 0 || !existsSync(join(root, 'index.d.ts'))) return false;
  const oldest = Math.min(...built.map((file) => modified(join(root, file))));
  return sources.every((source) => newest(join(root, source)) <= oldest);
}

/** The addons of this platform and architecture; on Linux and Windows a suffix names the C library or the ABI. */
function addons() {
  const prefix = `${readJson(join(root, 'package.json')).napi.binaryName}.${process.platform}-${process.arch}`;
  return readdirSync(root).filter((file) => file.startsWith(prefix) && file.endsWith('.node'));
}

function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  return Math.max(0, ...readdirSync(path, { recursive: true }).map((file) => modified(join(path, file))));
}

function modified(file) {
  return statSync(file).mtimeMs;
}
