import type * as tls from 'node:tls';
import { MonoCloudValidationError } from './errors';
import { native, type NativeCore, type NativeTransport } from './native';

const INSECURE_WARNING =
  "Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification.";

/**
 * The client's core. A symbol keeps it out of what applications see, print and compare.
 *
 * @internal
 */
export const CORE = Symbol('monocloud.core');

/**
 * Where a client keeps its transport.
 *
 * @internal
 */
export const TRANSPORT = Symbol('monocloud.transport');

const warned = new Set<string>();
let rootsChecked = false;

/**
 * Opens the native transport; clients with the same settings share its connections.
 *
 * @param certificate PEM chain or path, presented to mTLS endpoints (RFC 8705 section 2); needs `key`.
 * @throws MonoCloudValidationError when certificate and key can't be used.
 */
function openTransport(certificate?: string, key?: string): NativeTransport {
  const rejectUnauthorized = process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
  if (!rejectUnauthorized) {
    warnOnce(INSECURE_WARNING);
  }
  offerNodeRoots();
  const transport = open(certificate, key, rejectUnauthorized);
  transport.warnings.forEach(warnOnce);
  return transport;
}

/**
 * A client's native transport, opened when it is first needed. Whoever reaches the same tenant through the same
 * transport shares what it says.
 */
export function transportOf(
  client: { readonly [CORE]: NativeCore; [TRANSPORT]?: NativeTransport },
  certificate?: string,
  key?: string,
): NativeTransport {
  const transport = (client[TRANSPORT] ??= openTransport(certificate, key));
  client[CORE].share(transport);
  return transport;
}

function open(certificate: string | undefined, key: string | undefined, rejectUnauthorized: boolean): NativeTransport {
  try {
    return native.NativeTransport.open(certificate, key, rejectUnauthorized);
  } catch (error) {
    throw new MonoCloudValidationError((error as Error).message);
  }
}

/** Slim containers have no certificates of their own; Node's bundle then serves as it does for `fetch`. */
function offerNodeRoots(): void {
  if (!rootsChecked) {
    rootsChecked = true;
    if (native.needsFallbackRoots()) {
      // To load the module takes longer than to load all of ours.
      const { rootCertificates } = require('node:tls') as typeof tls;
      native.setFallbackRoots([...rootCertificates]);
    }
  }
}

function warnOnce(text: string): void {
  if (!warned.has(text)) {
    warned.add(text);
    process.emitWarning(text);
  }
}
