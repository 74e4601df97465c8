import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { versionOf } from '../contenders/index.mjs';

const require = createRequire(import.meta.url);

/** What the figures were taken on; nothing that names the machine or its folders. */
export function machine() {
  const peers = Object.keys(require('../package.json').dependencies);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      processor: cpus()[0].model,
      cores: availableParallelism(),
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      system: `${process.platform} ${process.arch}`,
      node: process.version,
      openssl: process.versions.openssl,
    },
    version: require('../../package.json').version,
    peers: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
  };
}
