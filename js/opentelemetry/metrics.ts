import { type Meter, ValueType } from '@opentelemetry/api';
import type { CacheMessage, FetchMessage, RefuseMessage, ValidateMessage } from '../diagnostics';
import { requestAttributes, validationAttributes } from './attributes';

/** The semantic conventions' own boundaries for `http.client.request.duration`, in seconds. */
const REQUEST_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** From one signature check with warm keys, some ten microseconds, to a validation that waits for the tenant. */
const VALIDATION_BOUNDARIES = [0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, ...REQUEST_BOUNDARIES];

export interface Metrics {
  validated(message: ValidateMessage): void;
  fetched(message: FetchMessage): void;
  lookedUp(message: CacheMessage): void;
  refused(message: RefuseMessage): void;
}

export function createMetrics(meter: Meter): Metrics {
  const validationDuration = meter.createHistogram('monocloud.backend.validate.duration', {
    description: 'Duration of access token validations',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: VALIDATION_BOUNDARIES },
  });
  const validations = meter.createCounter('monocloud.backend.validations', {
    description: 'Access token validations',
    unit: '{validation}',
  });
  const requestDuration = meter.createHistogram('http.client.request.duration', {
    description: 'Duration of HTTP client requests',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: REQUEST_BOUNDARIES },
  });
  const lookups = meter.createCounter('monocloud.backend.cache.lookups', {
    description: 'Look-ups in the introspection cache, and its failures',
    unit: '{lookup}',
  });
  const refusals = meter.createCounter('monocloud.backend.refusals', {
    description: 'Requests that a guard has not let pass',
    unit: '{request}',
  });
  return {
    validated(message) {
      const attributes = validationAttributes(message);
      validationDuration.record(message.durationMs / 1000, attributes);
      validations.add(1, attributes);
    },
    fetched(message) {
      requestDuration.record(message.durationMs / 1000, requestAttributes(message));
    },
    lookedUp({ operation, result }) {
      lookups.add(1, { 'monocloud.backend.cache.operation': operation, 'monocloud.backend.cache.result': result });
    },
    refused({ reason, status }) {
      refusals.add(1, { 'error.type': reason, 'http.response.status_code': status });
    },
  };
}
