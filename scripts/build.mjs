import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAddon } from './addon.mjs';
import { binary, main, npm, requireToolchain, root, Stop, succeeds } from './commands.mjs';
import { entryFiles, writeFacades } from './facades.mjs';
import { reachable } from './reachable.mjs';

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
  removeUnreachable();
  if (skipped.length > 0 && !partial) throw new Stop('Not every entry of package.json could be built.');
}

function compile() {
  return succeeds(process.execPath, [binary('typescript', 'tsc'), '-p', 'tsconfig.json']);
}

/** Files that no entry leads to would be packed for nothing; those whose sources are gone could still be required. */
function removeUnreachable() {
  const dist = join(root, 'dist');
  const needed = reachable([...entryFiles(), join(dist, 'testing/index.js'), join(dist, 'testing/index.d.ts')]);
  for (const file of readdirSync(dist, { recursive: true })) {
    const path = join(dist, file);
    if (statSync(path).isFile() && !needed.has(path)) rmSync(path);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => build(process.argv[2]?.replace(/^--/, '')));
}
