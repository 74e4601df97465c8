import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository's top folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const execute = promisify(execFile);
const samples = join(root, '__test__', 'packed');

/**
 * Packs the package and the package of this platform's addon as they are published, and installs both in an empty
 * application. Undefined where this platform has no package.
 */
export async function installPacked() {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const npm = (cwd, ...args) =>
    run('npm', [...args, '--ignore-scripts', '--offline', '--cache', join(folder, 'cache')], {
      cwd,
      shell: process.platform === 'win32',
    });
  const remove = () => rm(folder, { recursive: true, force: true });

  const addon = await platformPackage(folder);
  if (!addon) return remove();
  const application = join(folder, 'application');
  await mkdir(application);
  const pack = async (source) => packingOf(await npm(source, 'pack', '--json', '--pack-destination', folder), folder);
  const packed = await pack(root);
  const platform = await pack(addon);
  await writeFile(join(application, 'package.json'), JSON.stringify({ name: 'application', private: true }));
  await npm(application, 'install', '--no-audit', '--no-fund', packed.tarball, platform.tarball);
  for (const sample of await readdir(samples)) await copyFile(join(samples, sample), join(application, sample));
  return { application, packed, platform, remove };
}

/** What a program printed, without the last line break; rejects with all of its output. */
export async function run(command, args, options) {
  try {
    const { stdout } = await execute(command, args, { ...options, encoding: 'utf8', maxBuffer: 1 << 26 });
    return stdout.trimEnd();
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** npm/<triple> with the addon that the build has left at the top. */
async function platformPackage(folder) {
  const triples = await readdir(join(root, 'npm'));
  const addons = await readdir(root);
  const triple = triples.find((name) => addons.includes(`backend-node.${name}.node`));
  if (!triple) return undefined;
  const copy = join(folder, 'platform');
  await cp(join(root, 'npm', triple), copy, { recursive: true });
  await copyFile(join(root, `backend-node.${triple}.node`), join(copy, `backend-node.${triple}.node`));
  return copy;
}

/** npm's report is a list, from npm 12 on an object by package name. */
function packingOf(report, folder) {
  const [packing] = Object.values(JSON.parse(report));
  const { filename, files, size, unpackedSize } = packing;
  return { tarball: join(folder, filename), files: files.map(({ path }) => path).sort(), size, unpackedSize };
}
