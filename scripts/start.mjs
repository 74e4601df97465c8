import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { build } from './build.mjs';
import { main, requireFile, root } from './commands.mjs';

const tour = 'examples/tour/main.mjs';

await main(async () => {
  await build();
  requireFile(tour);
  const child = spawn(process.execPath, [tour, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; the tour decides how it ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code, signal] = await once(child, 'exit');
  return code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
});
