import type * as door from '../index';
import { loadAddon } from './addon/load';

/** The Rust core. Every decision is made there; this side converts, calls the application's functions and throws. */
export const native = loadAddon<typeof door>();

export type {
  NativeAllowList,
  NativeAnswer,
  NativeAttributeList,
  NativeCertificate,
  NativeCertificateRequirement,
  NativeCertificateSource,
  NativeChecks,
  NativeCore,
  NativeFailure,
  NativeFlow,
  NativeMemoryCache,
  NativePresented,
  NativeRequest,
  NativeResponse,
  NativeSettings,
  NativeStanding,
  NativeStep,
  NativeTransport,
  NativeTrustAnchors,
} from '../index';
