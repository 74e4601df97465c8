import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.mjs';
import { main, npm } from '../scripts/commands.mjs';
import { ask, start } from './children.mjs';
import { createContext } from './context.mjs';
import { readOptions } from './options.mjs';
import { loadRow, ROWS } from './rows/index.mjs';

const here = dirname(fileURLToPath(import.meta.url));

await main(async () => {
  const options = readOptions(process.argv.slice(2), ROWS);
  await build();
  installPeers();
  const { machine } = await import('./report/machine.mjs');
  const { markdown } = await import('./report/table.mjs');
  const { filesOf, folderOf, writeFiles } = await import('./report/files.mjs');
  console.error('Making the tokens …');
  const { context, close } = await createContext(options, await Promise.all(options.rows.map(loadRow)));
  const rows = [];
  // The other processes end with this one; its files do not.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      close();
      process.exit(1);
    });
  }
  try {
    for (const name of options.rows) {
      const start = performance.now();
      rows.push(await runRow(name, context));
      console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
  } finally {
    close();
  }
  const report = { ...machine(), mode: options.mode, rounds: options.size.rounds, rows };
  const files = filesOf(report);
  if (options.mode === 'smoke') {
    console.log(`All ${rows.length} rows ran; every contender accepts what is valid and refuses what is not.`);
    return 0;
  }
  console.log(markdown(report));
  writeFiles(folderOf(options), files);
  return 0;
});

/**
 * The peers have a lock file of their own: developing the package itself needs none of them. Not `npm ci`, which refuses
 * a lock file that leaves out the binaries of other platforms.
 */
function installPeers() {
  const installed = join(here, 'node_modules', '.package-lock.json');
  const lock = join(here, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error('Installing what this package is measured against …');
  npm(['install', '--no-save', '--prefix', here, '--no-audit', '--no-fund']);
}

async function runRow(name, context) {
  const child = start('row.mjs');
  return ask(child, { name, context });
}
