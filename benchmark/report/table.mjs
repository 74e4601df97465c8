import { AGAIN } from '../contenders/index.mjs';
import { ratio } from '../statistics.mjs';
import { count, decimal, spread } from './numbers.mjs';

/** The report as Markdown: the goals of all rows first, then each row's figures. */
export function markdown({ date, machine, version, peers, mode, rounds, rows }, plots = new Set()) {
  const versions = Object.entries(peers).map(([name, number]) => `${name} ${number}`);
  return [
    '# Benchmark results',
    '',
    `@monocloud/backend-node ${version} on ${date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, ` +
      `${machine.system}, Node.js ${machine.node}, OpenSSL ${machine.openssl}; ${mode} run, ${rounds} rounds.`,
    `Against ${versions.join(', ')}.`,
    '',
    '## Goals',
    '',
    ...goalTable(rows),
    ...rows.flatMap((row) => section(row, plots.has(row.name))),
  ].join('\n');
}

function goalTable(rows) {
  const lines = rows.flatMap((row) =>
    row.goals.map(({ what, wanted, found, unit, reached }) => [
      row.title,
      what,
      wanted,
      found ? spread(found, unit) : 'not measured',
      reached === undefined ? '–' : reached ? 'yes' : '**no**',
      control(row),
    ]),
  );
  return table(['workload', 'goal', 'wanted', 'found: median (quartiles)', 'reached', 'A/A'], lines);
}

function section(row, plotted) {
  const picture = plotted ? ['', `![${row.title}](${row.name}.svg)`] : [];
  const notes = row.notes.flatMap((note) => ['', note]);
  return ['', `## ${row.title}`, '', `${row.workload}.`, '', ...figures(row), ...notes, ...picture];
}

function figures({ columns, results }) {
  const shown = COLUMNS[columns ?? 'times'];
  return table(
    ['contender', ...shown.map(({ head }) => head)],
    results.map((result) => [
      result.version === undefined ? result.name : `${result.name} ${result.version}`,
      ...shown.map(({ value }) => value(result)),
    ]),
  );
}

const PROCESSOR = [
  { head: 'µs of the main thread', value: ({ mainThread }) => decimal(mainThread) },
  { head: 'µs of all threads', value: ({ allThreads }) => decimal(allThreads) },
];

const COLUMNS = {
  times: [
    { head: 'a second', value: ({ perSecond }) => count(perSecond) },
    { head: 'µs each (quartiles)', value: ({ microseconds }) => spread(microseconds, '') },
    ...PROCESSOR,
  ],
  requests: [
    { head: 'requests a second', value: ({ perSecond }) => count(perSecond) },
    ...PROCESSOR,
    { head: 'µs of the guard', value: ({ guard }) => decimal(guard) },
  ],
  delays: [
    { head: 'p50, ms', value: ({ p50 }) => decimal(p50.median) },
    { head: 'p99, ms (quartiles)', value: ({ p99 }) => spread(p99, '') },
    { head: 'worst, ms', value: ({ worst }) => decimal(worst) },
    { head: 'main thread busy, %', value: ({ busy }) => decimal(busy) },
  ],
  milliseconds: [{ head: 'ms (quartiles)', value: ({ milliseconds }) => spread(milliseconds, '') }],
  values: [
    { head: 'value', value: ({ value }) => decimal(value) },
    { head: 'unit', value: ({ unit }) => unit },
  ],
};

/** The same contender under two names: what differs there is noise. */
function control({ control: given, results }) {
  if (given?.median !== undefined) return spread(given, given.unit ?? '×');
  const again = results.find(({ name }) => name === AGAIN);
  if (!again) return '–';
  return spread(ratio(again.rounds, results[0].rounds), '×');
}

function table(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)];
}
