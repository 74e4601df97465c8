import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environment, root } from '../../scripts/commands.mjs';

/** Starts a script of the repository in a process of its own, with `variables` in its environment. It ends with the test. */
export function startScript(t, args, variables = {}) {
  // A test runner that finds this variable takes itself for a part of the running one.
  const { NODE_TEST_CONTEXT: _, ...inherited } = environment();
  const env = { ...inherited, ...variables };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const output = { stdout: [], stderr: [] };
  const readers = ['stdout', 'stderr'].map((name) =>
    createInterface({ input: child[name] }).on('line', (line) => output[name].push(line)),
  );

  return {
    /** The lines written so far. */
    ...output,
    /** The match in the first line of standard output that has one; fails when the process ends without it. */
    async line(pattern) {
      const find = () => output.stdout.map((line) => pattern.exec(line)).find((match) => match !== null);
      for (;;) {
        const match = find();
        if (match) return match;
        const ended = await Promise.race([once(readers[0], 'line').then(() => false), closed.then(() => true)]);
        if (ended && !find()) throw new Error(`${args.join(' ')} ended early:\n${output.stderr.join('\n')}`);
      }
    },
    kill: (signal) => child.kill(signal),
    /** The exit code, or the signal that ended it, once all output is there. */
    async end() {
      const [code, signal] = await closed;
      return code ?? signal;
    },
  };
}
