import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/commands.mjs';
import { ask, start } from '../children.mjs';
import { atMost, exactly } from '../goals.mjs';
import { summary } from '../statistics.mjs';
import { keepsVerdicts } from '../verdict-cache.mjs';

export const title = 'Memory and size';
export const workload =
  'How much a process grows for each cached verdict of an RS256 token; the addon as it is published';

/** A tenth of them to warm up. */
export const tokens = ({ verdicts }) => ({ RS256: Math.ceil(verdicts * 1.1) });

export async function run(context) {
  const size = addonSize();
  const growth = keepsVerdicts(context) ? await measureGrowth(context) : undefined;
  const perVerdict = growth && growth.on.map((bytes, round) => (bytes - growth.off[round]) / growth.count);
  const middle = growth && summary(growth.off).median;
  const results = [{ name: 'addon, stripped', value: size, unit: 'MiB' }];
  if (growth) {
    results.push(
      { name: 'a cached verdict', value: summary(perVerdict).median, unit: 'bytes' },
      { name: `growth with ${growth.count} verdicts`, value: summary(growth.on).median / 2 ** 20, unit: 'MiB' },
      { name: 'growth after the same work without a cache', value: summary(growth.off).median / 2 ** 20, unit: 'MiB' },
    );
  }
  return {
    results,
    columns: 'values',
    control: growth && { ...summary(growth.off.map((bytes) => (bytes - middle) / growth.count)), unit: 'bytes' },
    goals: [
      atMost('bytes for a cached verdict', 1_600, perVerdict && summary(perVerdict)),
      atMost('MiB of the addon, stripped', 6, exactly(size)),
    ],
    notes: [
      "The objects of the JavaScript heap and all memory outside of it, the addon's included, in a process of its own " +
        'after a collection; less that of one that did the same without a cache.',
    ],
  };
}

async function measureGrowth(context) {
  const count = context.size.verdicts;
  const bounds = { maxEntries: count * 2, maxBytes: 2 ** 30 };
  const growth = { count, on: [], off: [] };
  for (let round = 0; round < Math.min(3, context.size.rounds); round += 1) {
    growth.on.push(await growthWith(context, bounds, count));
    growth.off.push(await growthWith(context, false, count));
  }
  return growth;
}

async function growthWith(context, jwtCache, count) {
  const child = start('rows/memory-child.mjs', ['--expose-gc']);
  const { bytes } = await ask(child, { context, jwtCache, count });
  return bytes;
}

/** In MiB; without `strip` on this machine it counts as the build left it. */
function addonSize() {
  const file = readdirSync(root).find((name) => name.endsWith('.node'));
  const folder = mkdtempSync(join(tmpdir(), 'backend-node-addon-'));
  try {
    const copy = join(folder, 'addon.node');
    copyFileSync(join(root, file), copy);
    spawnSync('strip', [copy]);
    return statSync(copy).size / 2 ** 20;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
