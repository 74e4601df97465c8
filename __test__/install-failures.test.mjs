import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { installPacked, root, run } from './support/packed-package.mjs';

const installed = await installPacked();
after(() => installed?.remove());
const skip = installed && process.platform === 'linux' ? false : 'needs Linux and a package for it';
const scope = (application) => join(application, 'node_modules', '@monocloud');
const name = `backend-node-${installed?.platform.name.replace(/^.*backend-node-/, '')}`;
const platform = name.replace('backend-node-', '');
const otherLibc = platform.replace(/gnu$|musl$/, (libc) => (libc === 'gnu' ? 'musl' : 'gnu'));

/** Why the package cannot be required in a copy of the application that `change` has spoilt. */
async function failureAfter(change, ...options) {
  const application = join(installed.folder, `spoilt-${Math.random().toString(36).slice(2)}`);
  await cp(installed.application, application, { recursive: true });
  await change(application);
  const script = `
    try { require('@monocloud/backend-node'); console.log('null') }
    catch ({ message, code, cause }) {
      console.log(JSON.stringify({ message, code, cause: cause && { message: cause.message, code: cause.code } }))
    }`;
  return JSON.parse(await run(process.execPath, [...options, '-e', script], { cwd: application }));
}

/** Compiles a C file of fixtures/addons; what is built of Rust has a C compiler for its linker. */
async function compile(source, name, ...options) {
  const output = join(installed.folder, name);
  await run('cc', [join(root, '__test__/fixtures/addons', source), '-o', output, ...options]);
  return output;
}

const addonIn = (application) =>
  join(scope(application), name, `${name.replace('backend-node-', 'backend-node.')}.node`);

describe('a core that cannot be loaded is one error', { skip }, () => {
  test('nothing is wrong when nothing is spoilt', async () => {
    assert.equal(await failureAfter(() => undefined), null);
  });

  test('the platform package was left out', async () => {
    const { message, code, cause } = await failureAfter((application) =>
      rm(join(scope(application), name), { recursive: true }),
    );
    assert.equal(code, 'ERR_MONOCLOUD_NATIVE_CORE');
    assert.equal(cause.code, 'MODULE_NOT_FOUND');
    const { node, modules } = process.versions;
    assert.match(message, new RegExp(`no native core for ${platform} \\(Node\\.js ${node}, ABI ${modules}, `));
    assert.match(message, /beside the package: not built\n/);
    assert.match(message, new RegExp(`the package @monocloud/${name}: not installed\n`));
    assert.match(message, /--omit=optional.*delete node_modules and package-lock\.json/);
  });

  test('node_modules comes from another platform', async () => {
    const { message } = await failureAfter(async (application) => {
      await rm(join(scope(application), name), { recursive: true });
      await fakePackage(application, `backend-node-${otherLibc}`);
    });
    assert.match(message, new RegExp(`core for ${otherLibc} is installed: node_modules comes from another machine`));
    assert.match(message, /npm install --os=linux --cpu=\w+ --libc=\w+\.$/);
  });

  test('this program runs on musl, and the core for glibc is there', { skip: platform.endsWith('musl') }, async () => {
    const program = await compile('plain.c', 'musl-program', `-Wl,--dynamic-linker=/lib/ld-musl-${process.arch}.so.1`);
    const preload = await preloaded(
      `Object.defineProperty(process, 'execPath', { value: ${JSON.stringify(program)} })`,
    );
    const { message } = await failureAfter(() => undefined, '--require', preload);
    assert.match(message, new RegExp(`no native core for ${otherLibc} `));
    assert.match(message, new RegExp(`core for ${platform} is installed: .*--libc=musl\\.$`));
  });

  test('a program without a dynamic loader tells its C library by its report', async () => {
    const preload = await preloaded(`
      Object.defineProperty(process, 'execPath', { value: __filename });
      process.report.getReport = () => ({ header: {}, sharedObjects: ['/lib/libc.musl-x86_64.so.1'] });`);
    const { message } = await failureAfter(() => undefined, '--require', preload);
    assert.match(message, /no native core for linux-\w+-musl /);
  });

  test('there is no build for the platform', async () => {
    const preload = await preloaded("Object.defineProperty(process, 'arch', { value: 'riscv64' })");
    const { message, cause } = await failureAfter(() => undefined, '--require', preload);
    assert.match(message, /no native core for linux-riscv64-(gnu|musl) /);
    assert.match(message, /There is no build for this platform; there are builds for linux-x64-gnu, .*darwin-arm64/);
    assert.equal(cause, undefined);
  });

  test('the file was linked with another C library', { skip: platform.endsWith('musl') }, async () => {
    const libc = await compile('plain.c', 'libc.musl-test.so.1', '-shared', '-fPIC', '-Wl,-soname,libc.musl-test.so.1');
    const foreign = await compile('plain.c', 'musl.node', '-shared', '-fPIC', '-Wl,--no-as-needed', libc);
    const { message, cause } = await failureAfter((application) => cp(foreign, addonIn(application)));
    assert.match(cause.message, /^libc\.musl-test\.so\.1: cannot open shared object file/);
    assert.match(message, /does not load: libc\.musl-test\.so\.1: cannot open/);
    assert.match(message, /built for another C library: delete node_modules and install on the system that runs it/);
  });

  test('the C library is too old', { skip: platform.endsWith('musl') }, async () => {
    const plain = await readFile(await compile('plain.c', 'old.node', '-shared', '-fPIC'), 'latin1');
    const wanted = plain.replace(/GLIBC_2\.\d[\d.]*/, (version) => version.replace('2', '9'));
    assert.notEqual(wanted, plain);
    const { message, cause } = await failureAfter((application) => writeFile(addonIn(application), wanted, 'latin1'));
    assert.match(cause.message, /version `GLIBC_9\.[\d.]+' not found/);
    assert.match(message, /C library of this system is older than the core needs/);
  });

  test('the file was built for another Node.js', async () => {
    const other = await compile('other-abi.c', 'abi.node', '-shared', '-fPIC');
    const { message, cause } = await failureAfter((application) => cp(other, addonIn(application)));
    assert.equal(cause.code, 'ERR_DLOPEN_FAILED');
    assert.match(message, /built for another Node\.js: .*Node\.js 18 or newer/);
  });

  test('the file is damaged', async () => {
    const { message, cause } = await failureAfter((application) =>
      writeFile(addonIn(application), 'no library at all'),
    );
    assert.equal(cause.code, 'ERR_DLOPEN_FAILED');
    assert.match(message, /damaged or of another platform/);
  });

  test('the package and its core are of different versions', async () => {
    const { message, cause } = await failureAfter(async (application) => {
      const file = join(scope(application), 'backend-node', 'package.json');
      const manifest = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, JSON.stringify({ ...manifest, version: '99.0.0' }));
    });
    assert.match(message, /is there, but of version \d+\.\d+\.\d+/);
    assert.match(message, /must be of one version/);
    assert.equal(cause, undefined);
  });
});

async function fakePackage(application, name) {
  const folder = join(scope(application), name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: `@monocloud/${name}`, main: 'core.node' }));
  await writeFile(join(folder, 'core.node'), '');
}

async function preloaded(code) {
  const file = join(installed.folder, `preload-${Math.random().toString(36).slice(2)}.cjs`);
  await writeFile(file, code);
  return file;
}
