import { BUILDS, type Build } from './builds';
import { type Attempt, failure } from './failure';
import { platformName } from './platform';

/** What every build of the addon exports besides its door. */
interface Versioned {
  coreVersion?: () => string;
}

/**
 * Loads the native core of this platform: one built beside the package, else the platform's package.
 *
 * @throws Error with `code` `ERR_MONOCLOUD_NATIVE_CORE` when there is none that loads; its message says what to do, and
 * `cause` is what the dynamic loader said.
 */
export function loadAddon<Door>(): Door {
  const platform = platformName();
  const build = BUILDS[platform];
  if (!build) {
    throw failure(platform, []);
  }
  const attempts: Attempt[] = [];
  const addon = attempt(build, 'local', attempts) ?? attempt(build, 'installed', attempts);
  if (!addon) {
    throw failure(platform, attempts);
  }
  return addon as Door;
}

/** The first build that is there and of this version. A broken one is no reason to go without the next. */
function attempt(build: Build, place: keyof Build, attempts: Attempt[]): Versioned | undefined {
  try {
    const addon = build[place]() as Versioned;
    const version = addon.coreVersion?.();
    if (version === ownVersion()) {
      return addon;
    }
    attempts.push({ place, version: version ?? 'unknown' });
  } catch (error) {
    attempts.push({ place, error });
  }
  return undefined;
}

function ownVersion(): string {
  return (require('../../package.json') as { version: string }).version;
}
