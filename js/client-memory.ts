import type { CompiledChecks } from './checks';
import type { NativeCore, NativeSettings } from './native';
import { VerdictTable } from './verdict-table';

/** What a client remembers from one call to the next, so that calls like the last one cost little. */
export class ClientMemory {
  /** What its members said last. */
  settings?: NativeSettings;
  /** What the core has been told of them. */
  adopted?: NativeSettings;
  /** What calls asked for, the last first. */
  readonly checks: CompiledChecks[] = [];
  /** What the core has said; nothing when `jwtCache` is off. */
  readonly verdicts?: VerdictTable;
  /** Validations that ended with what was remembered, for the core to count. */
  accepted = 0;

  constructor({ jwtCacheEntries, jwtCacheBytes }: NativeCore['config']) {
    if (jwtCacheEntries > 0) {
      this.verdicts = new VerdictTable(jwtCacheEntries, jwtCacheBytes);
    }
  }
}

const MEMORY = Symbol('monocloud.memory');

export function memoryOf(core: NativeCore): ClientMemory {
  const holder = core as NativeCore & { [MEMORY]?: ClientMemory };
  return (holder[MEMORY] ??= new ClientMemory(core.config));
}
