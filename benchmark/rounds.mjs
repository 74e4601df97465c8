import { processorTime, since } from './processor-time.mjs';
import { median, ratio, summary } from './statistics.mjs';

/**
 * Runs contenders in turns, each for a short slice a round, and begins every round with the next one, so that a
 * disturbance of the machine hits them alike. A contender is `{ name, run(count) }`, or `{ name, measure(count) }` when
 * another process does the work. `count` is the operations of a slice: fixed, or found so that it takes `slice` ms.
 */
export async function interleave(contenders, { rounds, slice, count, warmUp = 1 }) {
  const entries = [];
  for (const contender of contenders) {
    const measure = contender.measure ?? ((operations) => measureHere(contender.run, operations));
    entries.push({ ...contender, measure, taken: [], count: count ?? (await countFor(measure, slice)) });
  }
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const { measure, count: operations, taken } = entries[(turn + round + warmUp) % entries.length];
      const figures = await measure(operations);
      if (round >= 0) taken.push(figures);
    }
  }
  return entries.map(result);
}

/**
 * What a slice costs here, in µs an operation: by the clock, of the main thread and of all threads. Nothing is collected
 * between slices: `gc()` throws away compiled code too, and what is measured after it is the compiler.
 */
export async function measureHere(run, count) {
  const before = processorTime();
  const start = performance.now();
  await run(count);
  const time = (performance.now() - start) * 1000;
  return each({ time, ...since(before) }, count);
}

/** Totals of a slice as µs an operation. */
export function each({ time, main, all }, count) {
  return { time: time / count, main: main === undefined ? undefined : main / count, all: all / count };
}

/** Doubles until the clock says enough, which warms up as well, and then looks again at a whole slice. */
async function countFor(measure, slice) {
  for (let count = 16; ; count *= 2) {
    const { time } = await measure(count);
    if (time * count < slice * 500) continue;
    const whole = Math.max(16, Math.round((slice * 1000) / time));
    const again = await measure(whole);
    return Math.max(16, Math.round((slice * 1000) / again.time));
  }
}

function result({ name, version, count, taken }) {
  const times = taken.map(({ time }) => time);
  return {
    name,
    version,
    operations: count * taken.length,
    microseconds: summary(times),
    perSecond: Math.round(1e6 / median(times)),
    mainThread: mean(taken.map(({ main }) => main)),
    allThreads: mean(taken.map(({ all }) => all)),
    rounds: times,
    processorRounds: taken.map(({ all }) => all),
  };
}

// Not the median: the scheduler counts in ticks, which only a sum evens out.
function mean(values) {
  if (values.includes(undefined)) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
