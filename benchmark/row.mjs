// One row in a process of its own, so that no row leaves its garbage or its warm code to the next.
import { loadRow } from './rows/index.mjs';

process.once('message', async ({ name, context }) => {
  const { title, workload, run } = await loadRow(name);
  const outcome = await run(context);
  process.send({ name, title, workload, ...outcome }, () => process.exit());
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
