import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { AUDIENCE, ISSUER, recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const { createSelfSignedCertificate } = createRequire(import.meta.url)('../dist/testing/authority.js');

const certificate = createSelfSignedCertificate().certificate;
const other = createSelfSignedCertificate().certificate;
const der = new X509Certificate(certificate).raw;
const thumbprint = createHash('sha256').update(der).digest('base64url');
const member = 'x5t#S256';
const bound = { [member]: thumbprint };

const ABSENT = 'Client certificate is not present';
const MALFORMED = 'Client certificate is malformed';
const NO_CNF = "Access token does not contain a 'cnf' (confirmation) claim for certificate binding";
const CNF_MALFORMED = "Malformed 'cnf' claim for certificate binding";
const CNF_NO_OBJECT = "The 'cnf' claim could not be parsed";
const NO_THUMBPRINT =
  "The 'cnf' claim does not contain an 'x5t#S256' member specifying the certificate hash for binding";
const MISMATCH =
  'The certificate hash in the access token does not match the presented client certificate (certificate binding validation failed)';

/** Binding as JWTs and introspected tokens meet it, under the client's own mode. */
async function validate(cnf, clientCertificate, mode, callMode) {
  const token = await soundJwt({ cnf });
  const introspecting = recordedTenant({ introspection: { active: true, ...soundClaims({ cnf }) } });
  const client = (tenant) =>
    new MonoCloudBackendNodeClient({ ...tenant.introspecting, validateCertificateBinding: mode });
  const warm = client(recordedTenant());
  await warm.getJwks();
  const options = { clientCertificate, validateCertificateBinding: callMode };
  const results = await Promise.allSettled([
    warm.validateAccessToken(token, options),
    client(recordedTenant()).validateAccessToken(token, options),
    client(introspecting).validateAccessToken('opaque', options),
  ]);
  for (const { reason } of results) assert.equal(reason?.message, results[0].reason?.message);
  if (results[0].status === 'rejected') throw results[0].reason;
}

const refuses = (message, ...args) => assertRefused(() => validate(...args), message);

describe('when_present, the default', () => {
  const rows = [
    [undefined, undefined, null],
    [undefined, certificate, null],
    [null, undefined, null],
    [{}, undefined, null],
    [{ jkt: 'x' }, undefined, null],
    ['{"jkt":"x"}', undefined, null],
    [bound, certificate, null],
    [{ jkt: 'x', ...bound }, certificate, null],
    [JSON.stringify(bound), certificate, null],
    [bound, other, MISMATCH],
    [bound, undefined, ABSENT],
    [{ [member]: null }, undefined, ABSENT],
    [{ [member]: null }, certificate, NO_THUMBPRINT],
    [{ [member]: '' }, certificate, NO_THUMBPRINT],
    [{ [member]: 5 }, certificate, NO_THUMBPRINT],
    ['no JSON', undefined, ABSENT],
    ['no JSON', certificate, CNF_MALFORMED],
    ['', certificate, CNF_MALFORMED],
    ['5', certificate, CNF_NO_OBJECT],
    ['null', certificate, CNF_NO_OBJECT],
    [5, certificate, CNF_NO_OBJECT],
    [true, certificate, CNF_NO_OBJECT],
    [5, undefined, ABSENT],
  ];
  for (const [cnf, presented, message] of rows) {
    it(`cnf ${JSON.stringify(cnf)}, ${presented ? 'a' : 'no'} certificate: ${message ?? 'accepted'}`, async () => {
      for (const mode of [undefined, 'when_present']) {
        if (message === null) await validate(cnf, presented, mode);
        else await refuses(message, cnf, presented, mode);
      }
    });
  }
});

describe('required', () => {
  const rows = [
    [bound, certificate, null],
    [bound, undefined, ABSENT],
    [undefined, undefined, ABSENT],
    [undefined, certificate, NO_CNF],
    [null, certificate, NO_CNF],
    [{}, certificate, NO_THUMBPRINT],
    [{ jkt: 'x' }, certificate, NO_THUMBPRINT],
    [bound, other, MISMATCH],
  ];
  for (const [cnf, presented, message] of rows) {
    it(`cnf ${JSON.stringify(cnf)}, ${presented ? 'a' : 'no'} certificate: ${message ?? 'accepted'}`, async () => {
      if (message === null) await validate(cnf, presented, 'required');
      else await refuses(message, cnf, presented, 'required');
    });
  }
});

it('dangerously_ignore checks nothing', async () => {
  for (const cnf of [undefined, bound, 'no JSON', 5]) {
    for (const presented of [undefined, other, 'x']) await validate(cnf, presented, 'dangerously_ignore');
  }
});

describe('the presented certificate', () => {
  it('is PEM, with or without other text, or the base64 of its octets', async () => {
    const base64 = der.toString('base64');
    const forms = [
      certificate,
      certificate.replaceAll('\n', '\r\n'),
      `Bag Attributes\n${certificate}${other}`,
      base64,
      ` ${base64.replaceAll(/(.{64})/g, '$1\n ')}\t`,
    ];
    for (const form of forms) await validate(bound, form, 'required');
    await refuses(MISMATCH, bound, `${other}${certificate}`, 'required');
  });

  it('is absent when it is blank or no string', async () => {
    for (const value of [undefined, null, '', ' \n', 5, {}, der, Buffer.from(certificate)]) {
      await refuses(ABSENT, bound, value, 'required');
    }
  });

  it('is malformed when it is no base64', async () => {
    const values = [
      encodeURIComponent(certificate),
      `${der.toString('base64url')}_-`,
      certificate.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
      '%%%',
      'A',
    ];
    for (const value of values) await refuses(MALFORMED, bound, value, 'required');
  });

  it('need not be X.509', async () => {
    const octets = Buffer.from('not a certificate');
    const cnf = { [member]: createHash('sha256').update(octets).digest('base64url') };
    await validate(cnf, octets.toString('base64'), 'required');
  });

  it('matches by its unpadded base64url thumbprint alone', async () => {
    const hex = Buffer.from(thumbprint, 'base64url').toString('hex');
    for (const value of [`${thumbprint}=`, hex, thumbprint.slice(1), `${thumbprint} `, thumbprint.toLowerCase()]) {
      await refuses(MISMATCH, { [member]: value }, certificate);
    }
  });
});

describe('the mode of a call', () => {
  it('true is required', async () => {
    for (const mode of [undefined, 'dangerously_ignore', 'required']) {
      await refuses(ABSENT, undefined, undefined, mode, true);
      await refuses(NO_CNF, undefined, certificate, mode, true);
      await refuses(MISMATCH, bound, other, mode, true);
      await validate(bound, certificate, mode, true);
    }
  });

  it('a name overrides the client', async () => {
    await validate(bound, undefined, 'required', 'dangerously_ignore');
    await validate(undefined, undefined, 'required', 'when_present');
    await refuses(ABSENT, bound, undefined, 'dangerously_ignore', 'when_present');
    await refuses(ABSENT, undefined, undefined, 'when_present', 'required');
  });

  it('false, undefined and null are the mode of the client', async () => {
    for (const callMode of [false, undefined, null]) {
      await refuses(ABSENT, undefined, undefined, 'required', callMode);
      await refuses(ABSENT, bound, undefined, 'when_present', callMode);
      await validate(bound, undefined, 'dangerously_ignore', callMode);
    }
  });

  it('anything else is a mistake of the application, never a weaker check', async () => {
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    const token = await soundJwt();
    for (const validateCertificateBinding of ['', 'never', 'Required', 1, {}, []]) {
      const work = () => client.validateAccessToken(token, { validateCertificateBinding });
      await assertThrows(work, 'MonoCloudValidationError', /^"validateCertificateBinding" must be /);
    }
  });
});

describe('the methods of the base class', () => {
  it('have no mode of their own', async () => {
    const token = await soundJwt({ cnf: bound });
    const tenant = recordedTenant({ introspection: { active: true, ...soundClaims({ cnf: bound }) } });
    for (const client of [
      new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, tenant.introspecting),
      new MonoCloudBackendNodeClient({ ...tenant.introspecting, validateCertificateBinding: 'required' }),
    ]) {
      for (const validateCertificateBinding of [undefined, 'dangerously_ignore', 'anything else', null]) {
        const options = { validateCertificateBinding, clientCertificate: other };
        await client.introspectAccessToken('opaque', options);
        await client.validateJwtAccessToken(token, { ...options, jwks: await recordedJwks() });
      }
      for (const validateCertificateBinding of ['required', 'when_present']) {
        const options = { validateCertificateBinding, clientCertificate: other };
        await assertRefused(() => client.introspectAccessToken('opaque', options), MISMATCH);
        const jwks = await recordedJwks();
        await assertRefused(() => client.validateJwtAccessToken(token, { ...options, jwks }), MISMATCH);
        await client.introspectAccessToken('opaque', { ...options, clientCertificate: certificate });
      }
    }
  });

  const recordedJwks = () => new MonoCloudBackendNodeClient(recordedTenant().options).getJwks();

  it('validateCertificateBinding checks the claims it is given', async () => {
    const client = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE);
    assert.equal(await client.validateCertificateBinding({ cnf: bound }), undefined);
    assert.equal(await client.validateCertificateBinding({ cnf: bound }, 'required', certificate), undefined);
    await assertRefused(() => client.validateCertificateBinding({ cnf: bound }, 'required'), ABSENT);
    await assertRefused(() => client.validateCertificateBinding({}, 'required', certificate), NO_CNF);
  });
});
