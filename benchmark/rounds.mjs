import { setTimeout as sleep } from 'node:timers/promises';
import { processorTime, since } from './processor-time.mjs';
import { median, ratio, summary } from './statistics.mjs';

/**
 * Runs contenders `{ name, run(count), … }` in turns, each for a short slice a round, and begins every round with the
 * next one, so that a disturbance of the machine hits them alike. `count` is a contender's operations in a slice:
 * fixed, or found so that a slice takes `slice` milliseconds.
 */
export async function interleave(contenders, { rounds, slice, count, warmUp = 1 }) {
  const entries = [];
  for (const contender of contenders) {
    entries.push({ ...contender, count: count ?? (await countFor(contender, slice)), times: [], main: 0, all: 0 });
  }
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(turn + round + warmUp) % entries.length];
      const taken = await measure(entry);
      if (round < 0) continue;
      entry.times.push(taken.time);
      entry.main = taken.main === undefined ? undefined : entry.main + taken.main;
      entry.all += taken.all;
    }
  }
  return entries.map((entry) => result(entry, rounds));
}

async function measure({ run, count }) {
  globalThis.gc?.();
  // The collector's own threads go on for a moment.
  await sleep(4);
  const before = processorTime();
  const start = performance.now();
  await run(count);
  const time = ((performance.now() - start) * 1000) / count;
  return { time, ...since(before) };
}

/** Doubles until the clock says enough; that is the warm-up as well. */
async function countFor({ run }, slice) {
  for (let count = 16; ; count *= 2) {
    const start = performance.now();
    await run(count);
    const taken = performance.now() - start;
    if (taken >= slice / 2) return Math.max(16, Math.round((count * slice) / taken));
  }
}

function result({ name, version, count, times, main, all }, rounds) {
  const operations = count * rounds;
  return {
    name,
    version,
    operations,
    microseconds: summary(times),
    perSecond: Math.round(1e6 / median(times)),
    mainThread: main === undefined ? undefined : main / operations,
    allThreads: all / operations,
    rounds: times,
  };
}

/** Runs `validate` over tokens with `lanes` of them in flight. A function that answers at once is called in a plain loop. */
export function load({ validate, synchronous }, next, lanes) {
  if (synchronous) {
    return (count) => {
      for (let done = 0; done < count; done += 1) validate(next());
    };
  }
  return async (count) => {
    const left = { count };
    const lane = async () => {
      while (left.count > 0) {
        left.count -= 1;
        await validate(next());
      }
    };
    await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  };
}

/** How many times as fast as `name` the first contender is. */
export function timesAsFast(results, name) {
  const other = results.find((result) => result.name === name);
  return other && ratio(other.rounds, results[0].rounds);
}
