import { BUILDS } from './builds';

const NAME = '@monocloud/backend-node';

/** One place where the addon was looked for, and what came of it. */
export interface Attempt {
  place: 'local' | 'installed';
  /** What loading it threw. */
  error?: unknown;
  /** Its version, when that is not this package's. */
  version?: string;
}

/** The one error of a core that cannot be loaded. */
export function failure(platform: string, attempts: readonly Attempt[]): Error {
  const { node, modules, napi } = process.versions;
  const lines = [
    `${NAME} found no native core for ${platform} (Node.js ${node}, ABI ${modules}, Node-API ${napi}).`,
    ...attempts.map((attempt) => `- ${placeOf(attempt.place, platform)}: ${outcomeOf(attempt)}`),
    remedy(platform, attempts),
  ];
  const failed = attempts.some(({ version }) => version !== undefined) ? [] : attempts;
  const cause = [...failed].sort(byInterest)[0]?.error;
  return Object.assign(new Error(lines.join('\n'), { cause }), { code: 'ERR_MONOCLOUD_NATIVE_CORE' });
}

function placeOf(place: Attempt['place'], platform: string): string {
  return place === 'local' ? `backend-node.${platform}.node beside the package` : `the package ${NAME}-${platform}`;
}

function outcomeOf({ place, error, version }: Attempt): string {
  if (version !== undefined) {
    return `is there, but of version ${version}`;
  }
  return isMissing(error) ? (place === 'local' ? 'not built' : 'not installed') : `does not load: ${messageOf(error)}`;
}

function remedy(platform: string, attempts: readonly Attempt[]): string {
  const others = Object.keys(BUILDS);
  if (!others.includes(platform)) {
    return `There is no build for this platform; there are builds for ${others.join(', ')}.`;
  }
  if (attempts.some(({ version }) => version !== undefined)) {
    return `The package and its core must be of one version: delete node_modules and install again, and keep ${NAME} and ${NAME}-${platform} together when you update.`;
  }
  const broken = attempts.find(({ error }) => !isMissing(error));
  if (broken) {
    return remedyOfBroken(platform, messageOf(broken.error));
  }
  const foreign = others.filter((other) => other !== platform && isInstalled(other));
  if (foreign.length > 0) {
    return `The core for ${foreign.join(', ')} is installed: node_modules comes from another machine. Install on the machine that runs it (npm ci), or for it: npm install --os=${process.platform} --cpu=${process.arch}${libcOption(platform)}.`;
  }
  return [
    'It is an optional dependency that was left out. Install without --omit=optional or --no-optional; if you do already,',
    'the lock file was written on another platform and npm took over its list only (npm/cli issue 4828): delete',
    'node_modules and package-lock.json and run npm install.',
  ].join(' ');
}

function remedyOfBroken(platform: string, message: string): string {
  if (/GLIBC_[\d.]+|GLIBCXX_[\d.]+/.test(message)) {
    return 'The C library of this system is older than the core needs: use a newer base image.';
  }
  if (/musl/.test(message) || /ld-linux/.test(message)) {
    return `The file was built for another C library: delete node_modules and install on the system that runs it (${platform}).`;
  }
  if (/invalid ELF header|wrong ELF class|not a valid Win32|mach-o|file too short/i.test(message)) {
    return 'The file is damaged or of another platform: delete node_modules and install again on the machine that runs it.';
  }
  if (/NODE_MODULE_VERSION|self-register|napi/i.test(message)) {
    return 'The file was built for another Node.js: delete node_modules and install again; Node.js 18 or newer is needed.';
  }
  return 'Delete node_modules and install again on the machine that runs it.';
}

function libcOption(platform: string): string {
  const libc = /-(gnu|musl)$/.exec(platform)?.[1];
  return libc ? ` --libc=${libc === 'gnu' ? 'glibc' : 'musl'}` : '';
}

/** Whether the package of another platform is there, loadable or not. */
function isInstalled(platform: string): boolean {
  try {
    require.resolve(`${NAME}-${platform}`);
    return true;
  } catch {
    return false;
  }
}

const MISSING = new Set(['MODULE_NOT_FOUND', 'UNDECLARED_DEPENDENCY', 'QUALIFIED_PATH_RESOLUTION_FAILED']);

function isMissing(error: unknown): boolean {
  return MISSING.has(String((error as { code?: unknown } | undefined)?.code));
}

/** What a file that is there said tells more than that another is not. */
function byInterest(first: Attempt, second: Attempt): number {
  return Number(isMissing(first.error)) - Number(isMissing(second.error)) || (first.place === 'installed' ? -1 : 1);
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | undefined)?.message ?? error).replace(/\s*\n\s*/g, ' ');
}
