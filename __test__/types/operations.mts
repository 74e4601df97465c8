import {
  type ClientHealth,
  type ClientStats,
  MemoryIntrospectionCache,
  MonoCloudBackendNodeClient,
} from '@monocloud/backend-node';
import { instrument, type Instrumentation } from '@monocloud/backend-node/opentelemetry';

const client = new MonoCloudBackendNodeClient({ cache: 'memory', jwksStaleDuration: 0, jwksCooldownDuration: 30 });
const named = new MonoCloudBackendNodeClient({
  cache: new MemoryIntrospectionCache({ maxEntries: 10, name: 'shared' }),
});

const stats: ClientStats = client.stats();
const accepted: number = stats.validations.accepted;
const entries: number | undefined = named.stats().cache.entries;
const { status }: ClientHealth = client.health();
const isUp: boolean = status === 'ok' || status === 'degraded';
const ready: Promise<void> = client.ready();
const instrumentation: Instrumentation = instrument();
instrumentation.disable();

// @ts-expect-error: there is no other cache by name
new MonoCloudBackendNodeClient({ cache: 'redis' });
// @ts-expect-error: a status is one of three
const unknown = status === 'up';

export { accepted, entries, isUp, ready, unknown };
