import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pack } from '../../scripts/pack.mjs';

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
  const remove = () => rm(folder, { recursive: true, force: true });
  const [packed, platform] = pack(folder);
  if (!platform) return remove();
  const application = join(folder, 'application');
  await mkdir(application);
  await writeFile(join(application, 'package.json'), JSON.stringify({ name: 'application', private: true }));
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--offline', '--cache', join(folder, 'cache')];
  await run('npm', ['install', ...options, packed.tarball, platform.tarball], {
    cwd: application,
    shell: process.platform === 'win32',
  });
  for (const sample of await readdir(samples)) await copyFile(join(samples, sample), join(application, sample));
  return { folder, application, packed, platform, remove };
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
