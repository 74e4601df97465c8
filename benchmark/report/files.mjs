import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/commands.mjs';
import { markdown } from './table.mjs';

/** A whole run is the one to keep, in docs/benchmarks; parts and quick ones go beside the harness. */
export function writeReport(report, { whole, out }) {
  const folder = out ?? join(root, ...(whole ? ['docs', 'benchmarks'] : ['benchmark', 'results']));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'results.md'), `${markdown(report)}\n`);
}
