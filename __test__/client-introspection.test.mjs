import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { AUDIENCE, ISSUER, METADATA, recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const INACTIVE = ['Token is not active. The introspection endpoint returned active=false', 'inactive_token'];
const NO_CLIENT = 'The clientId option must be configured to introspect access tokens';
const BLANK = 'Access token must be a valid non-empty string';

const clientOf = (tenant, options) => new MonoCloudBackendNodeClient({ ...tenant.introspecting, ...options });
const answering = (members) => recordedTenant({ introspection: { active: true, ...soundClaims(members) } });

describe('introspectAccessToken', () => {
  it('answers everything but active', async () => {
    const claims = soundClaims({ token_type: 'Bearer', nested: { active: true } });
    const client = clientOf(recordedTenant({ introspection: { ...claims, active: true } }));
    assert.deepEqual(await client.introspectAccessToken('opaque'), claims);
  });

  it('takes only the boolean true for active', async () => {
    for (const active of [false, undefined, null, 'true', 'false', 1, {}, []]) {
      const tenant = recordedTenant({ introspection: { ...soundClaims(), active } });
      await assertRefused(() => clientOf(tenant).introspectAccessToken('opaque'), ...INACTIVE);
      await assertRefused(() => clientOf(tenant).validateAccessToken('opaque'), ...INACTIVE);
    }
    await assertRefused(
      () => clientOf(recordedTenant({ introspection: {} })).introspectAccessToken('opaque'),
      ...INACTIVE,
    );
  });

  it('checks the client, the token, the metadata, the endpoint and the credentials in that order', async () => {
    const failing = { discovery: () => new Response('', { status: 500 }) };
    const anonymous = { clientId: undefined, clientSecret: undefined };
    const introspect = (tenant, token, options) => () => clientOf(tenant, options).introspectAccessToken(token);
    const faulty = recordedTenant(failing);
    await assertThrows(introspect(faulty, '', anonymous), 'MonoCloudValidationError', NO_CLIENT);
    await assertThrows(introspect(faulty, ' '), 'MonoCloudValidationError', BLANK);
    assert.equal(faulty.requests.length, 0);
    const noSecret = { clientSecret: undefined, clientAuthMethod: 'private_key_jwt' };
    await assertThrows(introspect(faulty, 'opaque', noSecret), 'MonoCloudHttpError', /metadata.* 500$/);
    const noEndpoint = recordedTenant({ discovery: { ...METADATA, introspection_endpoint: '' } });
    const missing = 'introspection_endpoint endpoint is required but not available in the issuer metadata';
    await assertThrows(introspect(noEndpoint, 'opaque', noSecret), 'MonoCloudValidationError', missing);
    const sound = recordedTenant();
    const method = 'Invalid Client Authentication Method';
    await assertThrows(introspect(sound, 'opaque', noSecret), 'MonoCloudValidationError', method);
    assert.equal(sound.counts(), '1 0 0');
  });

  it('checks claims, scopes, groups and binding', async () => {
    const options = { scopes: ['read'], groups: ['staff'], validateCertificateBinding: 'required' };
    const sound = { scope: 'read', groups: ['staff'] };
    const introspect = (members) => clientOf(answering(members)).introspectAccessToken('opaque', options);
    await assertRefused(() => introspect({ iss: 'x' }), 'Invalid Issuer');
    await assertRefused(() => introspect({ aud: 'x' }), 'Invalid audience claim');
    await assertRefused(() => introspect({}), 'Token is missing required scopes', 'insufficient_scope');
    const groups = ['Token is missing required groups', 'insufficient_groups'];
    await assertRefused(() => introspect({ scope: 'read' }), ...groups);
    await assertRefused(() => introspect(sound), 'Client certificate is not present');
    const { validateCertificateBinding, ...rest } = options;
    await clientOf(answering(sound)).introspectAccessToken('opaque', rest);
    assert.equal(validateCertificateBinding, 'required');
  });

  it('takes JWTs too, and sends them as they are', async () => {
    const tenant = answering();
    const token = await soundJwt();
    await clientOf(tenant).introspectAccessToken(token);
    assert.ok(tenant.requests[1][1].body.startsWith(`token=${token}&token_type_hint=access_token&`));
  });

  it('needs a client id that is not empty', async () => {
    for (const clientId of [undefined, '', null]) {
      const client = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { clientId });
      await assertThrows(() => client.introspectAccessToken('opaque'), 'MonoCloudValidationError', NO_CLIENT);
    }
  });
});

describe('validateAccessToken', () => {
  it('introspects what does not have three parts', async () => {
    for (const token of ['opaque', 'a.b', 'a.b.c.d', 'a.b.c.d.e', '.']) {
      const tenant = answering();
      await clientOf(tenant).validateAccessToken(token);
      assert.equal(tenant.counts(), '1 0 1', token);
    }
    for (const token of ['a.b.c', '..']) {
      const tenant = answering();
      await assertRefused(() => clientOf(tenant).validateAccessToken(token), 'Failed to parse JWT Header');
      assert.equal(tenant.requests.length, 0);
    }
  });

  it('introspects everything with introspectJwtTokens', async () => {
    for (const token of [await soundJwt(), 'a.b.c', 'opaque']) {
      const tenant = answering({ from: 'introspection' });
      const claims = await clientOf(tenant, { introspectJwtTokens: true }).validateAccessToken(token);
      assert.equal(claims.from, 'introspection');
      assert.equal(tenant.counts(), '1 0 1');
    }
  });

  it('is not configured without a client id that says something', async () => {
    let reads = 0;
    const cache = { get: () => void reads++, set() {}, delete() {} };
    for (const clientId of [undefined, null, '  ', '\t']) {
      const tenant = recordedTenant();
      const client = clientOf(tenant, { clientId, cache });
      const work = () => client.validateAccessToken('opaque');
      await assertThrows(work, 'MonoCloudValidationError', 'Token introspection is not configured');
      assert.equal(tenant.requests.length, 0);
      assert.equal((await client.validateAccessToken(await soundJwt())).sub, 'user');
    }
    assert.equal(reads, 0);
  });

  it('checks the requirements of the call and the mode of the client', async () => {
    const tenant = answering({ scope: 'read' });
    const validate = (options) => clientOf(tenant).validateAccessToken('opaque', options);
    await validate({ scopes: ['read'] });
    const scopes = ['Token is missing required scopes', 'insufficient_scope'];
    await assertRefused(() => validate({ scopes: ['write'] }), ...scopes);
    const required = clientOf(tenant, { validateCertificateBinding: 'required' });
    await assertRefused(() => required.validateAccessToken('opaque'), 'Client certificate is not present');
    await required.introspectAccessToken('opaque');
  });

  it('refuses a token over 64 KiB without asking', async () => {
    const tenant = answering();
    const work = () => clientOf(tenant).validateAccessToken('a'.repeat(65_537));
    await assertRefused(work, 'Access token exceeds the maximum size of 64 KiB');
    assert.equal(tenant.requests.length, 0);
  });

  it('is callable with null in place of options', async () => {
    const client = clientOf(answering());
    await client.validateAccessToken('opaque', null);
    await client.validateAccessToken(await soundJwt(), null);
    await client.validateJwtAccessToken(await soundJwt(), null);
    await client.introspectAccessToken('opaque', null);
  });
});
