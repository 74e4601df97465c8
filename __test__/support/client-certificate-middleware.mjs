import assert from 'node:assert/strict';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';

/** Passes a request through the middleware: what `next` got, and what the hooks were told. */
export async function pass(options, request, callback = () => true) {
  const seen = { calls: [], hooks: [] };
  const middleware = clientCertificateAuth(callback, {
    onAuthenticated: (cert, req) => seen.hooks.push(['passed', cert?.subject.CN, req === request]),
    onRejected: (cert, req, reason) => seen.hooks.push([reason, cert?.subject.CN ?? cert, req === request]),
    ...options,
  });
  await middleware(request, {}, (...args) => seen.calls.push(args));
  await new Promise(setImmediate);
  return seen;
}

/** The error that `next` gets, and what the hooks are told. */
export async function assertRefused(options, request, status, message, reason, callback) {
  const { calls, hooks } = await pass(options, request, callback);
  assert.equal(calls.length, 1);
  const [error] = calls[0];
  assert.ok(error instanceof Error);
  assert.deepEqual([error.status, error.message], [status, message]);
  const cn = ['callback_returned_false'].includes(reason) || callback ? 'svc-a' : null;
  assert.deepEqual(hooks, [[reason, cn, true]]);
}
