import { parentPort, workerData } from 'node:worker_threads';
import { MemoryIntrospectionCache, MonoCloudBackendNodeClient } from '@monocloud/backend-node';

const { options, token, name, key, claims } = workerData;

if (options) {
  const client = new MonoCloudBackendNodeClient(options);
  parentPort.postMessage(await client.validateAccessToken(token));
} else {
  const cache = new MemoryIntrospectionCache({ name });
  const found = await cache.get(key);
  await cache.set(`${key} of the worker`, claims, Infinity);
  parentPort.postMessage(found);
}
