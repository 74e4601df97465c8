import type { NativeCore, NativeSettings } from './native';

/** A field of the class whose value is the core's. */
interface Field {
  read(core: NativeCore, settings: () => NativeSettings): unknown;
  write(core: NativeCore, value: unknown, settings: () => NativeSettings): void;
}

/** Expiries that were assigned before there was a document. */
const expiries = { jwks: new WeakMap<NativeCore, number>(), metadata: new WeakMap<NativeCore, number>() };

const FIELDS: Record<string, Field> = {
  jwks: document('jwks'),
  jwksCacheExpiry: expiry('jwks'),
  metadata: document('metadata'),
  metadataCacheExpiry: expiry('metadata'),
  trustStoreId: {
    read: (core) => core.trustStoreId ?? undefined,
    write: (core, value) => (core.trustStoreId = value as string | undefined),
  },
  usesMtlsEndpoints: {
    read: (core) => core.mutualTls,
    write: (core, value) => (core.mutualTls = Boolean(value)),
  },
};

const NAMES = Object.keys(FIELDS);

const { hasOwnProperty: hasOwn } = Object.prototype;

/** Gives the class accessors for what its core keeps. */
export function defineCoreFields<T extends object>(
  prototype: T,
  coreOf: (client: T) => NativeCore,
  settingsOf: (client: T) => NativeSettings,
): void {
  for (const [name, { read, write }] of Object.entries(FIELDS)) {
    Object.defineProperty(prototype, name, {
      get(this: T): unknown {
        return read(coreOf(this), () => settingsOf(this));
      },
      set(this: T, value: unknown) {
        write(coreOf(this), value, () => settingsOf(this));
      },
      configurable: true,
    });
  }
}

/**
 * Hands the core what a subclass has declared as fields of its own, which hide the accessors. Runs at every call: each
 * name stands alone.
 */
export function adoptCoreFields(client: object): void {
  if (
    hasOwn.call(client, 'jwks') ||
    hasOwn.call(client, 'jwksCacheExpiry') ||
    hasOwn.call(client, 'metadata') ||
    hasOwn.call(client, 'metadataCacheExpiry') ||
    hasOwn.call(client, 'trustStoreId') ||
    hasOwn.call(client, 'usesMtlsEndpoints')
  ) {
    NAMES.filter((name) => hasOwn.call(client, name)).forEach((name) => adopt(client as Record<string, unknown>, name));
  }
}

/** A field that is declared without a value changes nothing. */
function adopt(client: Record<string, unknown>, name: string): void {
  const value = client[name];
  delete client[name];
  if (value !== undefined) {
    client[name] = value;
  }
}

function document(kind: 'jwks' | 'metadata'): Field {
  const isJwks = kind === 'jwks';
  return {
    read(core, settings) {
      const text = core.storedDocument(isJwks, settings());
      return typeof text === 'string' ? JSON.parse(text) : undefined;
    },
    write(core, value, settings) {
      const expiresAt = expiryOf(core, kind, settings());
      expiries[kind].set(core, expiresAt);
      core.storeDocument(isJwks, value === undefined ? undefined : JSON.stringify(value), expiresAt, settings());
    },
  };
}

function expiry(kind: 'jwks' | 'metadata'): Field {
  const isJwks = kind === 'jwks';
  return {
    read: (core, settings) => expiryOf(core, kind, settings()),
    write(core, value, settings) {
      expiries[kind].set(core, value as number);
      const text = core.storedDocument(isJwks, settings());
      if (typeof text === 'string') {
        core.storeDocument(isJwks, text, value as number, settings());
      }
    },
  };
}

function expiryOf(core: NativeCore, kind: 'jwks' | 'metadata', settings: NativeSettings): number {
  const isStored = typeof core.storedDocument(kind === 'jwks', settings) === 'string';
  return isStored ? core.storedExpiry(kind === 'jwks', settings) : (expiries[kind].get(core) ?? 0);
}
