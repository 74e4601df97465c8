import * as door from '../index';

/** The Rust core. Every decision is made there; this side converts, calls the application's functions and throws. */
export const native: typeof door = door;

export type {
  NativeAnswer,
  NativeChecks,
  NativeCore,
  NativeFailure,
  NativeFlow,
  NativeMemoryCache,
  NativeRequest,
  NativeResponse,
  NativeSettings,
  NativeStanding,
  NativeStep,
  NativeTransport,
} from '../index';
