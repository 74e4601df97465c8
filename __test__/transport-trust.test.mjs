import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudHttpError } from '@monocloud/backend-node';
import { runScript } from './support/child-script.mjs';
import { createSecureFront, filesOf } from './support/secure-front.mjs';
import { answerOf } from './support/transports.mjs';

const { createCertificateAuthority, createSelfSignedCertificate } = createRequire(import.meta.url)(
  '../dist/testing/index.js',
);

const UNAVAILABLE = [503, undefined, 'service unavailable'];

/** Prints the subjects, or the codes of what went wrong. */
const VALIDATE = `
  import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
  const client = new MonoCloudBackendNodeClient(input.options);
  for (const token of input.tokens) {
    await client.validateAccessToken(token).then(
      ({ sub }) => console.log(sub),
      ({ constructor, message, status, cause }) => console.log(constructor.name, message, status, cause?.code),
    );
  }
`;

async function validate(front, env = {}, options = {}) {
  const tokens = [await front.token(), await front.opaque()];
  return runScript(VALIDATE, { env, input: { options: { ...front.clientOptions, ...options }, tokens } });
}

function refused(code) {
  const line = `MonoCloudHttpError fetch failed undefined ${code}\n`;
  return { code: 0, signal: null, stderr: '', stdout: line + line };
}

const ACCEPTED = { code: 0, signal: null, stderr: '', stdout: 'test-user\ntest-user\n' };

describe('trust', { concurrency: 3 }, () => {
  test('an authority that nobody named is refused', async (t) => {
    const front = await createSecureFront(t);
    assert.deepEqual(await validate(front), refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
    assert.deepEqual(front.requests, []);
  });

  test('that is a failure without a status, which a guard answers with 503', async (t) => {
    const front = await createSecureFront(t);
    const client = new MonoCloudBackendNodeClient(front.clientOptions);
    await assert.rejects(client.getMetadata(), (error) => {
      assert.ok(error instanceof MonoCloudHttpError);
      return error.status === undefined && error.raw === undefined && error.cause instanceof Error;
    });
    assert.deepEqual(await answerOf(client, await front.token()), UNAVAILABLE);
  });

  test('NODE_EXTRA_CA_CERTS', async (t) => {
    const front = await createSecureFront(t);
    const other = createCertificateAuthority('Another CA').certificate;
    const { ca, several, unrelated } = await filesOf(t, {
      ca: front.ca,
      several: `Comments are passed over.\n${other}\n${front.ca}`,
      unrelated: other,
    });
    assert.deepEqual(await validate(front, { NODE_EXTRA_CA_CERTS: ca }), ACCEPTED);
    assert.deepEqual(await validate(front, { NODE_EXTRA_CA_CERTS: several }), ACCEPTED);
    const outcome = await validate(front, { NODE_EXTRA_CA_CERTS: unrelated });
    assert.deepEqual(outcome, refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
  });

  test('SSL_CERT_FILE, alone and beside NODE_EXTRA_CA_CERTS', async (t) => {
    const front = await createSecureFront(t);
    const { ca, other } = await filesOf(t, { ca: front.ca, other: createCertificateAuthority().certificate });
    assert.deepEqual(await validate(front, { SSL_CERT_FILE: ca }), ACCEPTED);
    assert.deepEqual(await validate(front, { SSL_CERT_FILE: other, NODE_EXTRA_CA_CERTS: ca }), ACCEPTED);
    assert.deepEqual(await validate(front, { SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: other }), ACCEPTED);
  });

  test('a self-signed server certificate that the operator named', async (t) => {
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
    const front = await createSecureFront(t, { certificate: createSelfSignedCertificate(names) });
    const { own } = await filesOf(t, { own: front.certificate });
    assert.deepEqual(await validate(front, { NODE_EXTRA_CA_CERTS: own }), ACCEPTED);
    const outcome = await validate(front);
    assert.match(outcome.stdout, /^(MonoCloudHttpError fetch failed undefined [A-Z_]+\n){2}$/);
  });

  test('a file that is not there is warned about once and passed over', async (t) => {
    const front = await createSecureFront(t);
    const { stderr, ...outcome } = await validate(front, { NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' });
    assert.deepEqual({ ...outcome, stderr: '' }, refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
    // Node itself says so too, but not as a process warning.
    const warning = /\(node:\d+\) Warning: Ignoring extra certs from `\/nonexistent\/ca\.pem`, load failed: /g;
    assert.equal(stderr.match(warning)?.length, 1, stderr);
  });

  for (const [name, adjust, code] of [
    ['expired', { expired: true }, 'CERT_HAS_EXPIRED'],
    ['not yet valid', { notYetValid: true }, 'CERT_NOT_YET_VALID'],
    ['for another host', { dnsNames: ['other.example.com'], ipAddresses: [] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ]) {
    test(`a certificate that is ${name}, of an authority that is trusted`, async (t) => {
      const authority = createCertificateAuthority();
      const certificate = authority.issueServer(['localhost'], adjust);
      const front = await createSecureFront(t, { authority, certificate });
      const { ca } = await filesOf(t, { ca: front.ca });
      assert.deepEqual(await validate(front, { NODE_EXTRA_CA_CERTS: ca }), refused(code));
      assert.deepEqual(front.requests, []);
    });
  }

  test('a host that is an address', async (t) => {
    const front = await createSecureFront(t, { host: '127.0.0.1' });
    const { ca } = await filesOf(t, { ca: front.ca });
    assert.deepEqual(await validate(front, { NODE_EXTRA_CA_CERTS: ca }), ACCEPTED);
  });
});

describe('NODE_TLS_REJECT_UNAUTHORIZED', { concurrency: 3 }, () => {
  const WARNING =
    /Warning: Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification\.\n/g;

  test('0 accepts every certificate and warns once', async (t) => {
    const certificate = createSelfSignedCertificate({ expired: true, dnsNames: ['other.example.com'] });
    const front = await createSecureFront(t, { certificate });
    const { stdout, stderr, code } = await runScript(
      `import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
       for (const token of input.tokens) {
         const client = new MonoCloudBackendNodeClient(input.options);
         console.log((await client.validateAccessToken(token)).sub);
       }`,
      {
        env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        input: { options: front.clientOptions, tokens: [await front.token(), await front.opaque()] },
      },
    );
    assert.deepEqual([code, stdout], [0, 'test-user\ntest-user\n']);
    assert.equal(stderr.match(WARNING)?.length, 1, stderr);
  });

  for (const value of ['1', '', 'false', '00']) {
    test(`'${value}' changes nothing`, async (t) => {
      const front = await createSecureFront(t);
      const outcome = await validate(front, { NODE_TLS_REJECT_UNAUTHORIZED: value });
      assert.deepEqual(outcome, refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
    });
  }
});
