import { interpreterOf } from './interpreter';

/** The part of `process.report` that tells the C library. */
interface Report {
  header?: { glibcVersionRuntime?: string };
  sharedObjects?: string[];
}

/** This process's platform as the packages of the addon are named, such as `linux-x64-gnu` or `darwin-arm64`. */
export function platformName(): string {
  const { platform, arch } = process;
  switch (platform) {
    case 'linux':
      return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
    case 'win32':
      return `win32-${arch}-msvc`;
    default:
      return `${platform}-${arch}`;
  }
}

/** The C library is the one that the running program was linked with, whatever else is installed beside it. */
function isMusl(): boolean {
  const interpreter = interpreterOf(process.execPath);
  if (interpreter !== undefined) {
    return /\bld-musl-/.test(interpreter);
  }
  const { header, sharedObjects } = report();
  return !header?.glibcVersionRuntime && Boolean(sharedObjects?.some((file) => /\b(ld-musl-|libc\.musl-)/.test(file)));
}

/** Without the network section, which looks names up and takes its time. */
function report(): Report {
  const { report } = process as { report?: { excludeNetwork?: boolean; getReport(): object } };
  if (!report) {
    return {};
  }
  const { excludeNetwork } = report;
  try {
    report.excludeNetwork = true;
    return report.getReport() as Report;
  } catch {
    return {};
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}
