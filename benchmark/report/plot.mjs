import { decimal, count } from './numbers.mjs';

const WIDTH = 860;
const LEFT = 250;
const RIGHT = 120;
const BAR = 20;
const GAP = 8;
const TOP = 58;

const COLOURS = { ours: '#1f6feb', again: '#9cc2ff', others: '#8b949e', whisker: '#24292f' };

/** What a plot shows of a result, by the columns of its table; longer is better or worse as the axis says. */
const MEASURES = {
  times: { axis: 'validations a second (longer is better)', value: rate, label: count },
  requests: { axis: 'requests a second (longer is better)', value: rate, label: count },
  delays: { axis: 'p99 of the event loop delay in ms (shorter is better)', value: ({ p99 }) => p99, label: decimal },
  milliseconds: { axis: 'ms (shorter is better)', value: ({ milliseconds }) => milliseconds, label: decimal },
};

/** A row as bars with the quartiles of its rounds; nothing where its values have no common unit. */
export function plot({ title, columns = 'times', results }) {
  const measure = MEASURES[columns];
  const bars = measure
    ? results
        .filter(({ name }) => !name.startsWith('the loop alone'))
        .map((result) => ({ name: nameOf(result), ...measure.value(result) }))
    : [];
  if (bars.length === 0) return undefined;
  const most = Math.max(...bars.map(({ median, high }) => Math.max(median, high)));
  const scale = (value) => Math.round((value / most) * (WIDTH - LEFT - RIGHT) * 10) / 10;
  const height = TOP + bars.length * (BAR + GAP) + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 24, title, 'font-size="16" font-weight="bold"'),
    text(16, 44, measure.axis, 'fill="#57606a"'),
    ...bars.flatMap((bar, index) => drawn(bar, TOP + index * (BAR + GAP), scale, measure.label)),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ name, median, low, high }, y, scale, label) {
  const middle = y + BAR / 2;
  const [from, to] = [LEFT + scale(low), LEFT + scale(high)];
  const colour = !name.includes('this package') ? 'others' : name.includes('again') ? 'again' : 'ours';
  return [
    text(LEFT - 10, middle + 4, name, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${y}" width="${Math.max(1, scale(median))}" height="${BAR}" fill="${COLOURS[colour]}"/>`,
    `<path d="M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8" stroke="${COLOURS.whisker}" fill="none"/>`,
    text(Math.max(to, LEFT + scale(median)) + 8, middle + 4, label(median)),
  ];
}

function nameOf({ name, version }) {
  return version === undefined ? name : `${name} ${version}`;
}

/** Quartiles of the time turn round as those of the rate. */
function rate({ microseconds: { median, low, high } }) {
  return { median: 1e6 / median, low: 1e6 / high, high: 1e6 / low };
}

function text(x, y, content, attributes = '') {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${x}" y="${y}"${attributes ? ` ${attributes}` : ' fill="#24292f"'}>${escaped}</text>`;
}
