import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGAIN, OURS, prepare } from '../contenders/index.mjs';
import { atMost } from '../goals.mjs';
import { processorTime, since } from '../processor-time.mjs';
import { ratio, summary } from '../statistics.mjs';
import { TokenPool } from '../tokens.mjs';

const PACES = [
  { alg: 'RS256', rate: 8_000 },
  { alg: 'ES384', rate: 2_000 },
];
const IDLE = 'nothing';

export const title = 'Delay of the event loop at a steady pace';
export const workload = '8,000 unique RS256 and 2,000 unique ES384 validations a second, begun by a timer of 1 ms';

/** For each of the two clients of this package. */
export const tokens = (size) => Object.fromEntries(PACES.map(({ alg, rate }) => [alg, 2 * countOf(size, rate)]));

export async function run(context) {
  const results = [];
  const goals = [];
  let control;
  for (const { alg, rate } of PACES) {
    const paced = await measurePace(context, alg, rate);
    results.push(...paced.map((entry) => ({ ...entry, name: `${alg}: ${entry.name}` })));
    const [ours, again, jose] = [OURS, AGAIN, 'jose'].map((name) => paced.find((entry) => entry.name === name).rounds);
    goals.push(atMost(`times the p99 of jose, ${rate.toLocaleString('en')} ${alg} a second`, 1, ratio(ours, jose)));
    control ??= ratio(again, ours);
  }
  return {
    results,
    columns: 'delays',
    control,
    goals,
    notes: ['As `monitorEventLoopDelay` counts it: the tick of 1 ms that it measures with is part of the figures.'],
  };
}

async function measurePace({ size, ...context }, alg, rate) {
  const pool = new TokenPool(context.tokens[alg]);
  const half = countOf(size, rate);
  const entries = [];
  for (const name of [OURS, AGAIN, 'jose', 'fast-jwt', IDLE]) {
    const { validate } = name === IDLE ? { validate: () => undefined } : await prepare(name, context, alg);
    entries.push({
      name,
      validate,
      next: pool.once(name === AGAIN ? half : 0, half),
      rounds: [],
      medians: [],
      worst: [],
      main: 0,
    });
  }
  const turn = size.pacedSeconds / size.rounds;
  for (let round = -1; round < size.rounds; round += 1) {
    for (const entry of entries) {
      const taken = await pace(entry, rate, turn);
      if (round < 0) continue;
      entry.rounds.push(taken.p99);
      entry.medians.push(taken.p50);
      entry.worst.push(taken.max);
      entry.main = taken.main === undefined ? undefined : entry.main + taken.main;
    }
  }
  return entries.map(({ name, rounds, medians, worst, main }) => ({
    name,
    rounds,
    p99: summary(rounds),
    p50: summary(medians),
    worst: Math.max(...worst),
    busy: main === undefined ? undefined : main / (turn * size.rounds * 1e4),
  }));
}

/** What all rounds take, and one to warm up. */
function countOf({ rounds, pacedSeconds }, rate) {
  return Math.ceil((rate * pacedSeconds * (rounds + 1)) / rounds);
}

/** Begins validations at this rate for so long; the delays in ms, the main thread's time in µs. */
async function pace({ validate, next }, rate, seconds) {
  await sleep(20);
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const verdicts = [];
  const total = Math.floor(rate * seconds);
  const before = processorTime();
  histogram.enable();
  const start = performance.now();
  while (verdicts.length < total) {
    await sleep(1);
    const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000));
    while (verdicts.length < due) verdicts.push(validate(next()));
  }
  await Promise.all(verdicts);
  histogram.disable();
  const { main } = since(before);
  const milliseconds = (value) => value / 1e6;
  return {
    p50: milliseconds(histogram.percentile(50)),
    p99: milliseconds(histogram.percentile(99)),
    max: milliseconds(histogram.max),
    main,
  };
}
