import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readJson, root, Stop } from './commands.mjs';

/**
 * Writes the ES module door of every public entry: names re-exported from the CommonJS module, so that `require` and
 * `import` share one instance of every class. An entry that is a function has a door of its own among the sources
 * (`.mts`), which is only verified. Returns the entries that could not be written, each with the reason.
 */
export async function writeFacades() {
  const skipped = [];
  for (const entry of entries()) {
    const reason = await writeFacade(entry);
    if (reason) skipped.push(`${entry.subpath}: ${reason}`);
  }
  return skipped;
}

/** The files that the entries consist of, for `require` and `import`, whether they exist or not. */
export function entryFiles() {
  return entries().flatMap(({ module, facade, types }) => [module, module.replace(/\.js$/, '.d.ts'), facade, types]);
}

function entries() {
  return Object.entries(readJson(join(root, 'package.json')).exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => ({
      subpath,
      module: join(root, target.require.default),
      facade: join(root, target.import.default),
      types: join(root, target.import.types),
    }));
}

async function writeFacade({ module, facade, types }) {
  if (!existsSync(module)) return 'it has no source yet';
  let values;
  try {
    values = createRequire(import.meta.url)(module);
  } catch (error) {
    return `it cannot be loaded (${String(error?.message ?? error).split('\n')[0]})`;
  }
  const names = Object.keys(values).sort();
  if (!hasOwnDoor(facade)) {
    const source = `./${basename(module)}`;
    write(facade, `export {\n${names.map((name) => `  ${name},\n`).join('')}} from '${source}';\n`);
    write(types, `export * from '${source}';\n`);
  }
  await verify(facade, values, names);
}

function hasOwnDoor(facade) {
  return existsSync(join(root, 'js', relative(join(root, 'dist'), facade).replace(/\.mjs$/, '.mts')));
}

/** Node finds the names of a CommonJS module by reading its text: what it missed would fail in the user's process. */
async function verify(facade, values, names) {
  const imported = await import(pathToFileURL(facade).href).catch((error) => {
    throw new Stop(`${facade} cannot be imported: ${error.message}`);
  });
  for (const name of names) {
    if (imported[name] !== values[name]) throw new Stop(`${facade}: ${name} differs from what require() gives.`);
  }
}

function write(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(file, text);
}
