import { AGAIN, OURS, prepare } from '../contenders/index.mjs';
import { atMost } from '../goals.mjs';
import { interleave, load } from '../rounds.mjs';
import { startSignatureCost } from '../signature-cost.mjs';
import { ratio } from '../statistics.mjs';
import { TokenPool } from '../tokens.mjs';

const IN_FLIGHT = 64;

export const title = 'Processor time of a unique RS256 token';
export const workload = `validateAccessToken, ${IN_FLIGHT} in flight, every token new; against the signature check by itself, its key prepared`;

export const tokens = (size) => ({ RS256: size.tokens });

export async function run(context) {
  const pool = new TokenPool(context.tokens.RS256);
  const half = Math.floor(context.size.tokens / 2);
  const contenders = [];
  for (const [name, first] of [
    [OURS, 0],
    [AGAIN, half],
  ]) {
    const contender = await prepare(name, context, 'RS256');
    contenders.push({ ...contender, run: load(contender, pool.once(first, half), IN_FLIGHT) });
  }
  // Building it takes minutes the first time, which is no smoke test.
  const bare = context.mode === 'smoke' ? undefined : startSignatureCost(context, 'RS256');
  if (bare) contenders.push(bare);
  const { rounds } = context.size;
  const warmUp = Math.min(2, rounds);
  const results = await interleave(contenders, { rounds, warmUp, count: Math.floor(half / (rounds + warmUp)) });
  bare?.close();
  const [ours, again, check] = results.map(({ processorRounds }) => processorRounds);
  return {
    results,
    control: ratio(again, ours),
    goals: [atMost('times the bare check, all threads', 1.2, check && ratio(ours, check))],
    notes: ["All threads of the process count, V8's compilers and its collector among them, as does the loop."],
  };
}
