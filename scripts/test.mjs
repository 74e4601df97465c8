import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { binary, environment, main, root, Stop, succeeds } from './commands.mjs';

// With files as arguments only those run: `npm test -- __test__/utils.test.mjs`.
const chosen = process.argv.slice(2);

await main(async () => {
  await build();
  const failed = [];
  for (const [name, command, args] of chosen.length > 0 ? [] : steps()) {
    console.error(`\n${name}`);
    if (!succeeds(command, args, { env: environment() })) failed.push(name);
  }
  console.error('\nnode --test');
  const passed = succeeds(process.execPath, [...nodeOptions(), ...testFiles()], { env: environment() });
  if (failed.length > 0) console.error(`\nFailed before node --test: ${failed.join('; ')}.`);
  return passed && failed.length === 0 ? 0 : 1;
});

function steps() {
  const cargo = [['cargo test --no-default-features', 'cargo', ['test', '--no-default-features']]];
  if (existsSync(join(root, 'tests', 'transport', 'main.rs'))) {
    const args = ['test', '--no-default-features', '--features', 'http', '--test', 'transport'];
    cargo.push([`cargo ${args.join(' ')}`, 'cargo', args]);
  }
  return [...cargo, ...typeSamples()];
}

/** The samples compile under every way of resolving modules and with every version of the frameworks. */
function typeSamples() {
  const projects = readdirSync(join(root, '__test__', 'types')).filter((file) => /^tsconfig.*\.json$/.test(file));
  return projects.sort().map((project) => {
    const args = ['-p', `__test__/types/${project}`];
    return [`tsc ${args.join(' ')}`, process.execPath, [binary('typescript', 'tsc'), ...args]];
  });
}

function nodeOptions() {
  const concurrency = Math.max(2, availableParallelism());
  return [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=300000',
  ];
}

function testFiles() {
  if (chosen.length > 0) return chosen;
  const files = readdirSync(join(root, '__test__'), { recursive: true })
    .filter((file) => file.endsWith('.test.mjs') && !file.includes('node_modules'))
    .sort()
    .map((file) => join('__test__', file));
  if (files.length === 0) throw new Stop('There are no tests in __test__.');
  return files;
}
