import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { performance } from 'node:perf_hooks';
import type { FetchMessage, ValidateMessage } from '../diagnostics';
import { methodOf, requestAttributes, validationAttributes } from './attributes';

export interface Spans {
  validated(message: ValidateMessage): void;
  fetched(message: FetchMessage): void;
}

export function createSpans(tracer: Tracer): Spans {
  /** Messages come when all is over, in the context of whoever waited. */
  const span = (name: string, kind: SpanKind, attributes: Attributes, [start, end]: number[], isError: boolean) => {
    const recorded = tracer.startSpan(name, { kind, attributes, startTime: start });
    if (isError) {
      recorded.setStatus({ code: SpanStatusCode.ERROR });
    }
    recorded.end(end);
  };
  return {
    validated(message) {
      const { operation, algorithm, kid, outcome, code, durationMs } = message;
      const attributes = {
        ...validationAttributes(message),
        ...(algorithm !== undefined && { 'monocloud.backend.token.algorithm': algorithm }),
        ...(kid !== undefined && { 'monocloud.backend.token.kid': kid }),
        ...(code !== undefined && { 'monocloud.backend.error.code': code }),
      };
      const end = performance.timeOrigin + performance.now();
      // A refused token is a proper result of a validation.
      span(
        `monocloud.backend ${operation}`,
        SpanKind.INTERNAL,
        attributes,
        [end - durationMs, end],
        outcome === 'failed',
      );
    },
    fetched(message) {
      const attributes = { ...requestAttributes(message), 'url.full': message.url };
      const { startedAt, durationMs } = message;
      span(
        methodOf(message),
        SpanKind.CLIENT,
        attributes,
        [startedAt, startedAt + durationMs],
        'error.type' in attributes,
      );
    },
  };
}
