import { MonoCloudValidationError } from '../errors';

/** What is used of a client, cluster, pool or sentinel of `redis` 4 or 5. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  /** Absent on clusters and pools. */
  readonly isReady?: boolean;
  get(key: string): PromiseLike<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): PromiseLike<unknown>;
}

/** What is used of a client or cluster of `ioredis` 5. */
export interface IoRedisClient {
  readonly status: string;
  get(key: string): PromiseLike<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): PromiseLike<unknown>;
}

/** A connected client of the application. It is neither connected nor closed here. */
export type RedisClient = NodeRedisClient | IoRedisClient;

/** The two commands that are needed, whatever the library. */
export interface Commands {
  /** Whether a command would be sent soon: on a connection that is there, or is being made for the first time. */
  isReachable(): boolean;
  get(key: string): PromiseLike<unknown>;
  /** Runs a script (EVAL) on one key. */
  evaluate(script: string, key: string, ...args: string[]): PromiseLike<unknown>;
}

/** @throws MonoCloudValidationError when it is no client of either library. */
export function commandsOf(client: unknown): Commands {
  if (isNodeRedis(client)) {
    return {
      isReachable: () => client.isOpen && client.isReady !== false,
      get: (key) => client.get(key),
      evaluate: (script, key, ...args) => client.eval(script, { keys: [key], arguments: args }),
    };
  }
  if (isIoRedis(client)) {
    return {
      isReachable: () => REACHABLE.has(client.status),
      get: (key) => client.get(key),
      evaluate: (script, key, ...args) => client.eval(script, 1, key, ...args),
    };
  }
  throw new MonoCloudValidationError('"client" must be a client of redis 4 or 5, or of ioredis 5');
}

/**
 * `wait` is a lazy client, which connects at its first command. While a lost connection is being made anew
 * (`reconnecting`) the library would keep commands for later instead.
 */
const REACHABLE: ReadonlySet<string> = new Set(['wait', 'connecting', 'connect', 'ready']);

function isNodeRedis(client: unknown): client is NodeRedisClient {
  return hasCommands(client) && typeof (client as Partial<NodeRedisClient>).isOpen === 'boolean';
}

function isIoRedis(client: unknown): client is IoRedisClient {
  return hasCommands(client) && typeof (client as Partial<IoRedisClient>).status === 'string';
}

function hasCommands(client: unknown): client is Pick<RedisClient, 'get' | 'eval'> {
  if (typeof client !== 'object' || client === null) {
    return false;
  }
  const { get, eval: evaluate } = client as Partial<RedisClient>;
  return typeof get === 'function' && typeof evaluate === 'function';
}
