import assert from 'node:assert/strict';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { reachable } from '../scripts/reachable.mjs';
import { installPacked, root, run } from './support/packed-package.mjs';

const installed = await installPacked();
after(() => installed?.remove());
const options = { skip: installed ? false : 'this platform has no package' };
const { application, packed, platform } = installed ?? {};
const { exports, typesVersions } = createRequire(import.meta.url)('../package.json');

test('the tarball holds the doors, what they lead to, and nothing else', options, async (t) => {
  t.diagnostic(`${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
  t.diagnostic(`addon: ${platform.size} bytes packed, ${platform.unpackedSize} unpacked`);
  const folder = join(application, 'node_modules', '@monocloud', 'backend-node');
  const doors = Object.values(exports)
    .filter((target) => typeof target === 'object')
    .flatMap((target) => [...Object.values(target.import), ...Object.values(target.require)]);
  const needed = [...reachable(doors.map((door) => join(folder, door)))].map((file) => file.slice(folder.length + 1));
  const texts = ['package.json', 'LICENSE', 'README.md'].filter((name) => packed.files.includes(name));
  assert.ok(texts.includes('LICENSE'));
  assert.deepEqual(packed.files, [...new Set([...needed, ...texts])].sort());
  assert.deepEqual(
    platform.files,
    platform.files.filter((name) => /^(package\.json|LICENSE|.*\.node)$/.test(name)),
  );
});

test('no file of the tarball names the machine that it was built on', options, async () => {
  const folder = join(application, 'node_modules', '@monocloud', 'backend-node');
  const foreign = [root, homedir(), await realpath(root)].filter((path) => path.length > 1);
  for (const name of packed.files) {
    const text = await readFile(join(folder, name), 'utf8');
    assert.deepEqual(
      foreign.filter((path) => text.includes(path)),
      [],
      name,
    );
  }
});

test('the types name nothing of the core', options, async () => {
  const folder = join(application, 'node_modules', '@monocloud', 'backend-node');
  for (const name of packed.files.filter((file) => /\.d\.m?ts$/.test(file))) {
    const code = (await readFile(join(folder, name), 'utf8')).replace(/\/\*[^]*?\*\//g, '');
    assert.doesNotMatch(code, /\bNative[A-Z]|unique symbol|\bany\b/, name);
  }
});

test('it works when it is required, without express and fastify', options, async () => {
  await assert.rejects(run(process.execPath, ['-e', 'require("fastify")'], { cwd: application }));
  assert.equal(await run(process.execPath, ['required.cjs'], { cwd: application }), 'required');
});

test('it works when it is imported, without express and fastify', options, async () => {
  assert.equal(await run(process.execPath, ['imported.mjs'], { cwd: application }), 'imported');
});

for (const moduleResolution of ['node10', 'node16']) {
  test(`TypeScript finds its types with moduleResolution ${moduleResolution}`, options, async () => {
    const types = join(root, 'node_modules', '@types');
    const config = join(application, `tsconfig.${moduleResolution}.json`);
    const compilerOptions = {
      module: moduleResolution === 'node10' ? 'commonjs' : 'node16',
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      typeRoots: [types],
      types: ['node'],
      paths: { express: [join(types, 'express')], fastify: [join(root, 'node_modules', 'fastify')] },
    };
    await writeFile(config, JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    assert.equal(await run(process.execPath, [compiler, '-p', config], { cwd: application }), '');
  });
}

test('resolvers that do not read exports find the types of every subpath', () => {
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== '.' && subpath !== './package.json');
  const expected = subpaths.map((subpath) => [subpath.slice(2), [exports[subpath].require.types]]);
  assert.deepEqual(typesVersions, { '*': Object.fromEntries(expected) });
});
