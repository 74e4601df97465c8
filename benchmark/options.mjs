import { parseArgs } from 'node:util';
import { Stop } from '../scripts/commands.mjs';

/**
 * How much a run does: `rounds` of slices of `slice` ms, `tokens` for the rows where each is new, `requests` a slice of a
 * route, `processes` that require, `pacedSeconds` of validations at a steady pace, `verdicts` kept in memory, `distinct`
 * tokens in a cycle.
 */
const SIZES = {
  full: {
    rounds: 15,
    slice: 60,
    tokens: 40_000,
    requests: 5_000,
    processes: 21,
    pacedSeconds: 6,
    verdicts: 20_000,
    distinct: 100_000,
  },
  quick: {
    rounds: 5,
    slice: 25,
    tokens: 16_000,
    requests: 1_500,
    processes: 15,
    pacedSeconds: 2,
    verdicts: 8_000,
    distinct: 24_000,
  },
  smoke: {
    rounds: 1,
    slice: 1,
    tokens: 160,
    requests: 60,
    processes: 1,
    pacedSeconds: 0.05,
    verdicts: 100,
    distinct: 160,
  },
};

/**
 * What the command line asks for.
 *
 * @throws Stop for an option that does not exist.
 */
export function readOptions(args, rowNames) {
  const { values } = parse(args);
  const unknown = (values.row ?? []).find((name) => !rowNames.includes(name));
  if (unknown !== undefined) throw new Stop(`There is no row '${unknown}': ${rowNames.join(', ')}.`);
  const mode = values.smoke ? 'smoke' : values.quick ? 'quick' : 'full';
  const size = { ...SIZES[mode] };
  if (values.rounds !== undefined) size.rounds = positive(values.rounds);
  return {
    mode,
    size,
    rows: values.row ?? rowNames,
    whole: values.row === undefined && mode === 'full',
    out: values.out,
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        smoke: { type: 'boolean' },
        row: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Stop(`${error.message}\nnpm run bench -- [--quick | --smoke] [--row NAME]… [--rounds N] [--out FOLDER]`);
  }
}

function positive(text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Stop('--rounds takes a positive integer.');
  return number;
}
