import * as door from '../index';

/** The Rust core. Every decision is made there; this side converts, calls the application's functions and throws. */
export const native: typeof door = door;

export type {
  NativeAllowList,
  NativeAnswer,
  NativeAttributeList,
  NativeChecks,
  NativeCore,
  NativeFailure,
  NativeFlow,
  NativeMemoryCache,
  NativeRequest,
  NativeResponse,
  NativeSettings,
  NativeStep,
  NativeTransport,
} from '../index';
