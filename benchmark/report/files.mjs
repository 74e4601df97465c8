import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/commands.mjs';
import { plot } from './plot.mjs';
import { markdown } from './table.mjs';

/** A whole run is the one to keep, in docs/benchmarks; parts and quick ones go beside the harness. */
export function folderOf({ whole, out }) {
  return out ?? join(root, ...(whole ? ['docs', 'benchmarks'] : ['benchmark', 'results']));
}

/** The report as files: `[name, content]`. */
export function filesOf(report) {
  const plots = report.rows.map((row) => [row.name, plot(row)]).filter(([, picture]) => picture !== undefined);
  return [
    ...plots.map(([name, picture]) => [`${name}.svg`, picture]),
    ['results.json', `${JSON.stringify(report, rounded, 1)}\n`],
    ['results.md', `${markdown(report, new Set(plots.map(([name]) => name)))}\n`],
  ];
}

export function writeFiles(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}

/** Four digits are more than the measurement has. */
function rounded(_name, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
