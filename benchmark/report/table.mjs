import { AGAIN } from '../contenders/index.mjs';

/** The report as Markdown: the goals of all rows first, then each row's figures. */
export function markdown({ date, machine, version, peers, mode, rounds, rows }) {
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
    ...rows.flatMap(section),
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

function section(row) {
  return [
    '',
    `## ${row.title}`,
    '',
    `${row.workload}.`,
    '',
    ...figures(row),
    ...row.notes.flatMap((note) => ['', note]),
  ];
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
};

/** The same contender under two names: what differs there is noise. */
function control({ control: given, results }) {
  if (given) return spread(given, given.unit ?? '×');
  const again = results.find(({ name }) => name === AGAIN);
  if (!again) return '–';
  return `${decimal(again.microseconds.median / results[0].microseconds.median)} ×`;
}

function spread({ median, low, high }, unit) {
  const range = low === undefined ? '' : ` (${decimal(low)}–${decimal(high)})`;
  return `${decimal(median)}${range}${unit ? ` ${unit}` : ''}`;
}

function table(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)];
}

export function decimal(value) {
  if (value === undefined) return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function count(value) {
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : value >= 1000 ? `${(value / 1000).toFixed(1)} k` : value;
}
