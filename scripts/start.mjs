import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { build } from './build.mjs';
import { environment, main, requireFile, root } from './commands.mjs';

const tour = 'examples/tour/main.mjs';

await main(async () => {
  await build();
  requireFile(tour);
  const child = spawn(process.execPath, [tour, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
  });
  // The tour decides how it ends. A terminal sends Ctrl-C to both processes, a supervisor its signal to this one alone.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await once(child, 'exit');
  return code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
});
