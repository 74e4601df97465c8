import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAddon } from './addon.mjs';
import { binary, main, npm, requireToolchain, root, Stop } from './commands.mjs';
import { facadeFiles, writeFacades } from './facades.mjs';

/**
 * Brings everything that runs up to date: node_modules, the native addon, and dist/.
 * `only` is 'addon' or 'ts' for one half; the TypeScript half needs no Rust toolchain.
 */
export async function build(only) {
  if (only !== 'ts') requireToolchain();
  install();
  if (only !== 'ts') buildAddon();
  if (only !== 'addon') await buildTypeScript(only === 'ts');
}

function install() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  console.error('Installing the development dependencies …');
  npm(['ci', '--no-audit', '--no-fund']);
}

async function buildTypeScript(partial) {
  const compiled = compile();
  const skipped = await writeFacades();
  for (const line of skipped) console.error(`No ES module door for ${line}.`);
  if (!compiled) throw new Stop('tsc found errors.');
  if (skipped.length > 0 && !partial) throw new Stop('Not every entry of package.json could be built.');
}

function compile() {
  const { status, stdout } = spawnSync(
    process.execPath,
    [binary('typescript', 'tsc'), '-p', 'tsconfig.json', '--listEmittedFiles', '--pretty', 'false'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 },
  );
  const lines = stdout.split('\n');
  const emitted = lines.filter((line) => line.startsWith('TSFILE: ')).map((line) => resolve(line.slice(8).trim()));
  const diagnostics = lines.filter((line) => line.trim() !== '' && !line.startsWith('TSFILE: '));
  if (diagnostics.length > 0) console.error(diagnostics.join('\n'));
  if (status === 0) removeOrphans(new Set([...emitted, ...facadeFiles()]));
  return status === 0;
}

/** Output of sources that are gone would still be found by `require`, and packed. */
function removeOrphans(expected) {
  const dist = join(root, 'dist');
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true })) {
    const path = join(dist, file);
    if (statSync(path).isFile() && !expected.has(path)) rmSync(path);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => build(process.argv[2]?.replace(/^--/, '')));
}
