import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/commands.mjs';
import { plot } from './plot.mjs';
import { markdown } from './table.mjs';

/** A whole run is the one to keep, in docs/benchmarks; parts and quick ones go beside the harness. */
export function writeReport(report, { whole, out }) {
  const folder = out ?? join(root, ...(whole ? ['docs', 'benchmarks'] : ['benchmark', 'results']));
  mkdirSync(folder, { recursive: true });
  const plots = report.rows.map((row) => [row.name, plot(row)]).filter(([, picture]) => picture !== undefined);
  for (const [name, picture] of plots) writeFileSync(join(folder, `${name}.svg`), picture);
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(report, rounded, 1)}\n`);
  writeFileSync(join(folder, 'results.md'), `${markdown(report, new Set(plots.map(([name]) => name)))}\n`);
}

/** Four digits are more than the measurement has. */
function rounded(_name, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
