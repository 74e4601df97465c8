import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { instrument } from '@monocloud/backend-node/opentelemetry';
import fastify from 'fastify';
import { protectApi } from '@monocloud/backend-node/fastify';
import testing from '../dist/testing/index.js';
import { recordedTenant, soundJwt } from './support/recorded-tenant.mjs';

const { createTestTenant } = testing;

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** Instruments for the rest of the test; `spans` and `points` tell what has been recorded. */
function setUp(t) {
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const { disable } = instrument({ meterProvider, tracerProvider });
  t.after(async () => {
    disable();
    await meterProvider.shutdown();
  });
  return {
    disable,
    tracer: tracerProvider.getTracer('test'),
    spans: () => spanExporter.getFinishedSpans(),
    /** The metric of this name: its description and `[attributes, value]` of its points. */
    async metric(name) {
      const { resourceMetrics } = await reader.collect();
      const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      const found = all.find(({ descriptor }) => descriptor.name === name);
      return {
        unit: found?.descriptor.unit,
        points: (found?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]),
      };
    },
  };
}

const fail = () => assert.fail('the token should have been refused');

describe('metrics', () => {
  it('are a histogram and a counter of validations by outcome and reason', async (t) => {
    const { metric } = setUp(t);
    const client = new MonoCloudBackendNodeClient(recordedTenant().introspecting);
    await client.validateAccessToken(await soundJwt());
    await client.validateAccessToken(await soundJwt());
    await client.validateAccessToken(await soundJwt({ exp: 1 })).then(fail, () => {});
    const accepted = {
      'monocloud.backend.operation': 'validateAccessToken',
      'monocloud.backend.outcome': 'accepted',
      'monocloud.backend.token.type': 'jwt',
    };
    const refused = { ...accepted, 'monocloud.backend.outcome': 'refused', 'error.type': 'token_expired' };
    assert.deepEqual((await metric('monocloud.backend.validations')).points, [
      [accepted, 2],
      [refused, 1],
    ]);
    const { unit, points } = await metric('monocloud.backend.validate.duration');
    assert.equal(unit, 's');
    assert.deepEqual(
      points.map(([attributes, { count }]) => [attributes, count]),
      [
        [accepted, 2],
        [refused, 1],
      ],
    );
    assert.ok(points.every(([, { sum }]) => sum > 0 && sum < 60));
  });

  it('are the durations of requests as the HTTP conventions have it', async (t) => {
    const { metric } = setUp(t);
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    tenant.fail({ endpoint: 'introspection', status: 503 });
    await client.validateAccessToken(await tenant.issue({ opaque: true })).then(fail, () => {});
    const { unit, points } = await metric('http.client.request.duration');
    const server = { 'server.address': '127.0.0.1', 'server.port': Number(new URL(tenant.issuer).port) };
    assert.equal(unit, 's');
    assert.deepEqual(
      points.map(([attributes]) => attributes),
      [
        {
          'http.request.method': 'GET',
          ...server,
          'url.scheme': 'http',
          'http.response.status_code': 200,
          'monocloud.backend.purpose': 'discovery',
        },
        {
          'http.request.method': 'POST',
          ...server,
          'url.scheme': 'http',
          'http.response.status_code': 503,
          'error.type': '503',
          'monocloud.backend.purpose': 'introspection',
        },
      ],
    );
  });

  it('name the reason of a request without a usable answer', async (t) => {
    const { metric } = setUp(t);
    const tenant = recordedTenant({ discovery: () => Promise.reject(new Error('no route')) });
    await new MonoCloudBackendNodeClient(tenant.options).getMetadata().then(fail, () => {});
    const [[attributes]] = (await metric('http.client.request.duration')).points;
    assert.equal(attributes['error.type'], 'network_failed');
    assert.equal(attributes['server.port'], 443);
    assert.equal('http.response.status_code' in attributes, false);
  });

  it('count cache look-ups and refusals', async (t) => {
    const { metric } = setUp(t);
    const cache = { get: async () => undefined, set: async () => {}, delete: async () => {} };
    const client = new MonoCloudBackendNodeClient({ ...recordedTenant().introspecting, cache });
    await client.validateAccessToken('opaque');
    assert.deepEqual((await metric('monocloud.backend.cache.lookups')).points, [
      [{ 'monocloud.backend.cache.operation': 'get', 'monocloud.backend.cache.result': 'miss' }, 1],
    ]);
    const app = fastify();
    app.get('/', { onRequest: protectApi(client)() }, () => ({}));
    await app.inject('/');
    await app.close();
    assert.deepEqual((await metric('monocloud.backend.refusals')).points, [
      [{ 'error.type': 'token_missing', 'http.response.status_code': 401 }, 1],
    ]);
  });
});

describe('spans', () => {
  it('of validations and requests are children of the active one, and as long as these took', async (t) => {
    const { spans, tracer } = setUp(t);
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const parent = tracer.startSpan('request');
    const token = await tenant.issue();
    await context.with(trace.setSpan(context.active(), parent), () => client.validateAccessToken(token));
    assert.deepEqual(
      spans().map(({ name, kind }) => [name, kind]),
      [
        ['GET', SpanKind.CLIENT],
        ['GET', SpanKind.CLIENT],
        ['monocloud.backend validateAccessToken', SpanKind.INTERNAL],
      ],
    );
    for (const span of spans()) {
      assert.equal(span.parentSpanContext?.spanId, parent.spanContext().spanId, span.name);
      assert.equal(span.status.code, SpanStatusCode.UNSET);
    }
    const [discovery, , validation] = spans();
    assert.equal(discovery.attributes['url.full'], `${tenant.issuer}/.well-known/openid-configuration`);
    assert.equal(validation.attributes['monocloud.backend.token.algorithm'], 'ES256');
    const millis = ([seconds, nanos]) => seconds * 1000 + nanos / 1e6;
    assert.ok(millis(validation.startTime) <= millis(discovery.startTime));
    assert.ok(millis(validation.duration) >= millis(discovery.duration));
  });

  it('are marked when the tenant fails, not when a token is refused', async (t) => {
    const { spans } = setUp(t);
    const tenant = recordedTenant();
    const client = new MonoCloudBackendNodeClient(tenant.options);
    await client.validateAccessToken(await soundJwt({ exp: 1 })).then(fail, () => {});
    tenant.answers.jwks = () => new Response('', { status: 500 });
    await client.getJwks(true).then(fail, () => {});
    const broken = new MonoCloudBackendNodeClient(tenant.options);
    await broken.validateAccessToken(await soundJwt()).then(fail, () => {});
    const { ERROR, UNSET } = SpanStatusCode;
    assert.deepEqual(
      spans().map(({ status }) => status.code),
      [UNSET, UNSET, UNSET, ERROR, UNSET, ERROR, ERROR],
    );
  });
});

it('hold no token and no claim', async (t) => {
  const { spans, metric } = setUp(t);
  const client = new MonoCloudBackendNodeClient(recordedTenant().introspecting);
  const token = await soundJwt({ sub: 'somebody' });
  await client.validateAccessToken(token);
  await client.validateAccessToken('an-opaque-token');
  const recorded = spans().map(({ name, attributes, events }) => [name, attributes, events]);
  const text = JSON.stringify([recorded, await metric('monocloud.backend.validations')]);
  for (const secret of [...token.split('.').slice(1), 'somebody', 'an-opaque-token']) {
    assert.equal(text.includes(secret), false, secret);
  }
});

it('nothing is recorded any more once it is disabled', async (t) => {
  const { spans, disable, metric } = setUp(t);
  disable();
  disable();
  await new MonoCloudBackendNodeClient(recordedTenant().introspecting).validateAccessToken('opaque');
  assert.deepEqual(spans(), []);
  assert.deepEqual((await metric('monocloud.backend.validations')).points, []);
});

it('without providers it takes the global ones, which do nothing by default', async () => {
  const { instrument: required } = createRequire(import.meta.url)('@monocloud/backend-node/opentelemetry');
  assert.equal(required, instrument);
  const { disable } = instrument();
  await new MonoCloudBackendNodeClient(recordedTenant().introspecting).validateAccessToken('opaque');
  disable();
});
