import { performance } from 'node:perf_hooks';
import { type FetchMessage, fetchChannel, validateChannel, type ValidateMessage } from './diagnostics';
import { MonoCloudAuthBaseError, MonoCloudTokenError } from './errors';
import { native, type NativeFlow, type NativeRequest, type NativeStep } from './native';

/** Publishes how a validation ends. Nothing but the call itself happens while nobody listens. */
export function observeValidation<T>(
  operation: ValidateMessage['operation'],
  token: unknown,
  validate: () => T | Promise<T>,
): T | Promise<T> {
  return validateChannel.hasSubscribers ? publishValidation(operation, token, validate) : validate();
}

/** Publishes what comes of a request. Nothing but the call itself happens while nobody listens. */
export function observeFetch(
  flow: NativeFlow,
  request: NativeRequest,
  transport: FetchMessage['transport'],
  send: () => Promise<NativeStep>,
): Promise<NativeStep> {
  return fetchChannel.hasSubscribers ? publishFetch(flow, request, transport, send) : send();
}

/** The stable code of an error; only the SDK's own have one. */
export function reasonOf(error: unknown): string {
  return (error instanceof MonoCloudAuthBaseError && error.reason) || 'application_error';
}

async function publishValidation<T>(
  operation: ValidateMessage['operation'],
  token: unknown,
  validate: () => T | Promise<T>,
): Promise<T> {
  const started = performance.now();
  const { tokenType, algorithm, kid } = native.tokenLabel(typeof token === 'string' ? token : '');
  const publish = (ending: Pick<ValidateMessage, 'outcome' | 'reason' | 'code'>) => {
    const durationMs = performance.now() - started;
    const message: ValidateMessage = {
      operation,
      ...ending,
      tokenType: tokenType as ValidateMessage['tokenType'],
      ...(algorithm !== undefined && { algorithm }),
      ...(kid !== undefined && { kid }),
      durationMs,
    };
    validateChannel.publish(message);
  };
  try {
    const claims = await validate();
    publish({ outcome: 'accepted' });
    return claims;
  } catch (error) {
    const reason = reasonOf(error);
    publish(
      error instanceof MonoCloudTokenError
        ? { outcome: 'refused', reason, code: error.code }
        : { outcome: 'failed', reason },
    );
    throw error;
  }
}

async function publishFetch(
  flow: NativeFlow,
  request: NativeRequest,
  transport: FetchMessage['transport'],
  send: () => Promise<NativeStep>,
): Promise<NativeStep> {
  const started = performance.now();
  const step = await send();
  const now = performance.now();
  const own = { ...flow.observed, purpose: request.purpose, url: request.url, sentAgo: now - started };
  const exchanges = transport === 'native' ? flow.exchanges() : [{ ...own, duration: now - started }];
  for (const { purpose, url, status, reason, sentAgo, duration } of exchanges) {
    const message: FetchMessage = {
      purpose: purpose as FetchMessage['purpose'],
      url: withoutQuery(url),
      transport,
      ...(status !== undefined && { status }),
      ...(reason !== undefined && { reason }),
      startedAt: performance.timeOrigin + now - sentAgo,
      durationMs: duration,
    };
    fetchChannel.publish(message);
  }
  return step;
}

/** User names and passwords go too. */
function withoutQuery(text: string): string {
  try {
    const url = new URL(text);
    return `${url.protocol}//${url.host}${url.pathname}`;
  } catch {
    return text.replace(/[?#].*$/s, '');
  }
}
