import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { binary, main, readJson, requireToolchain, root, succeeds } from './commands.mjs';

const generated = ['index.d.ts', 'Cargo.lock'];

await main(async () => {
  requireToolchain();
  const before = generated.map(content);
  await build('addon');
  const failed = steps()
    .filter(([name, passes]) => {
      console.error(`\n${name}`);
      return !passes();
    })
    .map(([name]) => name);
  const drifted = generated.filter((file, index) => content(file) !== before[index]);
  for (const file of drifted) {
    console.error(`${file} was not what the sources give; it has been written anew: commit it.`);
    failed.push(`drift of ${file}`);
  }
  console.error(failed.length > 0 ? `\nFailed: ${failed.join('; ')}.` : '\nAll checks passed.');
  return failed.length > 0 ? 1 : 0;
});

function steps() {
  return [
    ['rustfmt', () => succeeds('cargo', ['fmt', '--check'])],
    ['clippy, the decision core', () => clippy('--all-targets', '--no-default-features')],
    ['clippy, with the transport', () => clippy('--all-targets', '--no-default-features', '--features', 'http')],
    // Under cfg(test) napi leaves its registrations out, and every export would count as dead code.
    ['clippy, with the Node-API door', () => clippy('--lib')],
    ['prettier', () => node('prettier', 'prettier', '--check', '--log-level', 'warn', '.')],
    ['oxlint', () => node('oxlint', 'oxlint', '--deny-warnings')],
    ['tsc', () => node('typescript', 'tsc', '--noEmit', '-p', 'tsconfig.json')],
    ['versions', sameVersions],
  ];
}

function clippy(...options) {
  return succeeds('cargo', ['clippy', '--locked', ...options, '--', '-D', 'warnings']);
}

function node(packageName, command, ...args) {
  return succeeds(process.execPath, [binary(packageName, command), ...args]);
}

/** The crate, the package and every platform package are released together. */
function sameVersions() {
  const { version } = readJson(join(root, 'package.json'));
  const crate = /^version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))?.[1];
  const platforms = readdirSync(join(root, 'npm')).map((name) => [
    `npm/${name}/package.json`,
    readJson(join(root, 'npm', name, 'package.json')).version,
  ]);
  const others = [['Cargo.toml', crate], ...platforms].filter(([, found]) => found !== version);
  for (const [file, found] of others) console.error(`${file} has version ${found}, package.json ${version}.`);
  return others.length === 0;
}

function content(file) {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
