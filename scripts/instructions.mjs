import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, readJson, root, Stop, succeeds } from './commands.mjs';

// Counts the instructions of one decision about a JWT under Valgrind and holds them to benches/budgets.json. Unlike
// times, counts are the same on a busy machine. `--write` makes what is counted now, and a little more, the budgets.
const ROUNDS = 50;
/** What other processors' code paths and other versions of the C library may add. */
const SLACK = 1.1;

const file = join(root, 'benches', 'budgets.json');
const executable = /Executable .*\((.+)\)/;
const build = [
  'bench',
  '--locked',
  '--no-run',
  '--profile',
  'instructions',
  '--no-default-features',
  '--bench',
  'hot_path',
];

await main(() => {
  if (process.arch !== 'x64' || spawnSync('valgrind', ['--version']).status !== 0) {
    console.error('Instructions are counted on x64 with Valgrind only.');
    return 0;
  }
  if (!succeeds('cargo', build)) throw new Stop('The scenarios could not be built.');
  const { stderr } = spawnSync('cargo', build, { cwd: root, encoding: 'utf8' });
  const program = join(root, executable.exec(stderr)?.[1] ?? '');
  const counts = {
    hit: count(program, 'hit'),
    refusal: count(program, 'refusal'),
    'rs256 without its signature': count(program, 'rs256') - count(program, 'rs256-signature'),
    'es256 without its signature': count(program, 'es256') - count(program, 'es256-signature'),
  };
  if (process.argv.includes('--write')) {
    const budgets = Object.entries(counts).map(([name, found]) => [name, Math.ceil((found * SLACK) / 100) * 100]);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(budgets), null, 2)}\n`);
  }
  const over = Object.entries(readJson(file)).filter(([name, budget]) => !(counts[name] <= budget));
  console.table(counts);
  for (const [name, budget] of over) {
    console.error(`${name}: ${counts[name]} instructions are more than the ${budget} of benches/budgets.json.`);
  }
  return over.length > 0 ? 1 : 0;
});

/** Of one round: what is done within `measured`, divided by how often it is done. */
function count(program, scenario) {
  const tool = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--toggle-collect=hot_path::measured*'];
  const { stderr, status } = spawnSync('valgrind', [...tool, program, scenario, String(ROUNDS)], { encoding: 'utf8' });
  const collected = /Collected : (\d+)/.exec(stderr ?? '')?.[1];
  if (status !== 0 || collected === undefined) throw new Stop(`${scenario} could not be counted: ${stderr}`);
  return Math.round(Number(collected) / ROUNDS);
}
