import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { main, npmOutput, readJson, root } from './commands.mjs';

/**
 * Packs the package and the package of every platform whose addon is here, as they are published, into a folder. Returns
 * npm's report of each: the package first, then the platforms by name.
 */
export function pack(folder) {
  const staged = join(folder, 'staged');
  rmSync(staged, { recursive: true, force: true });
  const sources = [
    stagePackage(join(staged, 'package')),
    ...builtPlatforms().map((name) => stagePlatform(staged, name)),
  ];
  const packings = sources.map((source) => packOne(source, folder));
  rmSync(staged, { recursive: true, force: true });
  return packings;
}

/** The platforms that have a package, built here or not. */
export function platforms() {
  return readdirSync(join(root, 'npm')).sort();
}

function builtPlatforms() {
  return platforms().filter((name) => existsSync(join(root, addonOf(name))));
}

/** The manifest that users get: without what only the repository needs, with the platforms' packages of its version. */
export function publishedManifest() {
  const manifest = readJson(join(root, 'package.json'));
  for (const member of ['devDependencies', 'overrides', 'scripts', 'napi', 'allowScripts']) delete manifest[member];
  const optionalDependencies = Object.fromEntries(
    platforms().map((name) => [`${manifest.name}-${name}`, manifest.version]),
  );
  return { ...manifest, optionalDependencies };
}

function stagePackage(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const text of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    if (existsSync(join(root, text))) copyFileSync(join(root, text), join(folder, text));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  return folder;
}

function stagePlatform(staged, name) {
  const folder = join(staged, name);
  cpSync(join(root, 'npm', name), folder, { recursive: true });
  copyFileSync(join(root, addonOf(name)), join(folder, addonOf(name)));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

function addonOf(platform) {
  return `backend-node.${platform}.node`;
}

/** npm's report is a list, from npm 12 on an object by package name. */
function packOne(source, folder) {
  const report = npmOutput(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: source });
  const [packing] = Object.values(JSON.parse(report));
  const { name, filename, files, size, unpackedSize } = packing;
  const paths = files.map(({ path }) => path).sort();
  return { name, tarball: join(folder, filename), files: paths, size, unpackedSize };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await build();
    const folder = resolve(process.argv[2] ?? join(root, 'target', 'packages'));
    mkdirSync(folder, { recursive: true });
    for (const { name, tarball, size } of pack(folder))
      console.log(`${name}: ${tarball} (${Math.ceil(size / 1000)} kB)`);
  });
}
