import type { CompiledChecks } from './checks';
import type { NativeCore, NativeSettings } from './native';

/** What a client remembers from one call to the next, so that calls like the last one cost little. */
export class ClientMemory {
  /** What its members said last. */
  settings?: NativeSettings;
  /** What calls asked for, the last first. */
  readonly checks: CompiledChecks[] = [];
}

const MEMORY = Symbol('monocloud.memory');

export function memoryOf(core: NativeCore): ClientMemory {
  const holder = core as NativeCore & { [MEMORY]?: ClientMemory };
  return (holder[MEMORY] ??= new ClientMemory());
}
