import { metrics, type MeterProvider, trace, type TracerProvider } from '@opentelemetry/api';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { cacheChannel, fetchChannel, refuseChannel, validateChannel } from '../diagnostics';
import { createMetrics } from './metrics';
import { createSpans } from './spans';

/** Name of the meter and the tracer. */
const SCOPE = '@monocloud/backend-node';

export interface InstrumentOptions {
  /** Default: the global one. */
  meterProvider?: MeterProvider;
  /** Default: the global one. */
  tracerProvider?: TracerProvider;
}

export interface Instrumentation {
  /** Stops it. What has been recorded stays. */
  disable(): void;
}

/**
 * Turns what all clients of this thread do into metrics and spans, until it is disabled. Needs `@opentelemetry/api`.
 *
 * | Metric | Kind, unit | Attributes |
 * | --- | --- | --- |
 * | `monocloud.backend.validate.duration` | histogram, s | `monocloud.backend.operation`, `.outcome`, `.token.type`, `error.type` |
 * | `monocloud.backend.validations` | counter | the same |
 * | `monocloud.backend.refusals` | counter | `http.response.status_code`, `error.type` |
 * | `monocloud.backend.cache.lookups` | counter | `monocloud.backend.cache.operation`, `.cache.result` |
 * | `http.client.request.duration` | histogram, s | as the HTTP semantic conventions have it, and `monocloud.backend.purpose` |
 *
 * `error.type` is the stable reason code, of a request with a status from 400 on that status. A validation is an internal span, a request to the tenant a client span; both
 * are children of the span that is active.
 */
export function instrument({ meterProvider, tracerProvider }: InstrumentOptions = {}): Instrumentation {
  const meter = (meterProvider ?? metrics.getMeterProvider()).getMeter(SCOPE);
  const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer(SCOPE);
  const measured = createMetrics(meter);
  const traced = createSpans(tracer);
  const listeners: [name: string | symbol, listener: (message: unknown) => void][] = [
    [validateChannel.name, listener(measured.validated, traced.validated)],
    [fetchChannel.name, listener(measured.fetched, traced.fetched)],
    [cacheChannel.name, listener(measured.lookedUp)],
    [refuseChannel.name, listener(measured.refused)],
  ];
  for (const [name, listen] of listeners) {
    subscribe(name, listen);
  }
  return {
    disable() {
      for (const [name, listen] of listeners) {
        unsubscribe(name, listen);
      }
    },
  };
}

function listener<T>(...sinks: ((message: T) => void)[]): (message: unknown) => void {
  return (message) => {
    for (const sink of sinks) {
      sink(message as T);
    }
  };
}
