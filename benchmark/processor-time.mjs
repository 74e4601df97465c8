import { readFileSync } from 'node:fs';

const MAIN = `/proc/self/task/${process.pid}/schedstat`;
const mainTime = readerOfMainTime();

/** Processor time so far in µs: of the main thread (undefined where the system does not tell) and of all threads. */
export function processorTime() {
  const { user, system } = process.cpuUsage();
  return { main: mainTime(), all: user + system };
}

export function since(start) {
  const now = processorTime();
  return { main: start.main === undefined ? undefined : now.main - start.main, all: now.all - start.all };
}

function readerOfMainTime() {
  if (typeof process.threadCpuUsage === 'function') {
    return () => {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    };
  }
  // The scheduler's own count in nanoseconds, up to a tick behind: that evens out over many slices.
  const read = () => Number(readFileSync(MAIN, 'latin1').split(' ', 1)[0]) / 1000;
  try {
    read();
    return read;
  } catch {
    return () => undefined;
  }
}
