import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { AUDIENCE, ISSUER, recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const SCOPES = ['Token is missing required scopes', 'insufficient_scope'];
const GROUPS = ['Token is missing required groups', 'insufficient_groups'];

/** Validates a token with these claims by every public method. */
async function validate(claims, required, groupOptions) {
  const token = await soundJwt(claims);
  const introspecting = () => recordedTenant({ introspection: { active: true, ...soundClaims(claims) } });
  const client = (tenant) => new MonoCloudBackendNodeClient({ ...tenant.introspecting, groupOptions });
  const warm = client(recordedTenant());
  await warm.getJwks();
  const base = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { ...introspecting().introspecting, groupOptions });
  const results = await Promise.allSettled([
    client(recordedTenant()).validateAccessToken(token, required),
    warm.validateAccessToken(token, required),
    warm.validateJwtAccessToken(token, required),
    client(introspecting()).validateAccessToken('opaque', required),
    base.introspectAccessToken('opaque', required),
    base.validateJwtAccessToken(token, required),
  ]);
  const [first] = results;
  for (const { status, reason } of results) {
    assert.equal(status, first.status);
    assert.equal(reason?.message, first.reason?.message);
    assert.equal(reason?.code, first.reason?.code);
  }
  if (first.status === 'rejected') throw first.reason;
}

describe('scopes', () => {
  const rows = [
    ['read write', ['read'], true],
    ['read write', ['write', 'read'], true],
    ['read write', ['read', 'read'], true],
    ['read write', ['read', 'admin'], false],
    ['read', ['READ'], false],
    ['reader', ['read'], false],
    ['read write', ['read write'], false],
    ['  read \t\n write\u00a0all ', ['read', 'write', 'all'], true],
    ['', ['read'], false],
    ['', [''], false],
    [undefined, ['read'], false],
    [null, ['read'], false],
    ['read', [], true],
    ['read', undefined, true],
    [undefined, [], true],
    [['read'], [], true],
    [['read'], undefined, true],
    ['read', [undefined], false],
  ];
  for (const [scope, scopes, accepted] of rows) {
    it(`${JSON.stringify(scope)} for ${JSON.stringify(scopes)}: ${accepted ? 'accepted' : SCOPES[0]}`, async () => {
      if (accepted) await validate({ scope }, { scopes });
      else await assertRefused(() => validate({ scope }, { scopes }), ...SCOPES);
    });
  }

  it('of another type are an invalid token', async () => {
    for (const scope of [['read'], 5, { read: true }, true]) {
      await assertRefused(() => validate({ scope }, { scopes: ['read'] }), 'Unexpected "scope" claim type');
    }
  });

  it('are not looked for in scp', async () => {
    await assertRefused(() => validate({ scp: 'read', scopes: 'read' }, { scopes: ['read'] }), ...SCOPES);
  });

  it('come before groups', async () => {
    await assertRefused(() => validate({}, { scopes: ['read'], groups: ['staff'] }), ...SCOPES);
  });

  it('are never taken from a single string', async () => {
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    const token = await soundJwt({ scope: 'r e a d' });
    const work = () => client.validateAccessToken(token, { scopes: 'read' });
    await assertThrows(work, 'MonoCloudValidationError', '"scopes" must be an array of strings');
  });
});

describe('groups', () => {
  const objects = [
    { id: '1', name: 'staff' },
    { id: '2', name: 'board' },
  ];
  const rows = [
    [['staff', 'board'], ['staff'], true],
    [['staff'], ['board', 'staff'], true],
    [['staff'], ['board'], false],
    [['staff'], ['Staff'], false],
    [objects, ['board'], true],
    [objects, ['2'], true],
    [objects, ['3'], false],
    [['guests', { id: '1', name: 'staff' }], ['1'], true],
    [[{ title: 'staff' }], ['staff'], false],
    [[5, true, ['staff']], ['staff'], false],
    [[{ id: 5 }], ['5'], false],
    [[], ['staff'], false],
    ['staff', ['staff'], false],
    [{ 0: 'staff' }, ['staff'], false],
    [undefined, ['staff'], false],
    [null, ['staff'], false],
    [['staff'], [], true],
    [undefined, [], true],
    [undefined, undefined, true],
    [[null], [], true],
    [['staff', 'board'], ['staff', 'board'], true, true],
    [['staff'], ['staff', 'board'], false, true],
    [objects, ['1', 'board'], true, true],
    [[], ['staff'], false, true],
    [undefined, [], true, true],
  ];
  for (const [groups, wanted, accepted, matchAll] of rows) {
    const title = `${JSON.stringify(groups)} for ${matchAll ? 'all of ' : ''}${JSON.stringify(wanted)}`;
    it(`${title}: ${accepted ? 'accepted' : GROUPS[0]}`, async () => {
      const work = () => validate({ groups }, { groups: wanted }, matchAll && { matchAll });
      if (accepted) await work();
      else await assertRefused(work, ...GROUPS);
    });
  }

  it('with a null among them are an invalid token', async () => {
    for (const groups of [[null], ['staff', null]]) {
      await assertRefused(() => validate({ groups }, { groups: ['staff'] }), /groups/);
    }
  });

  it('may be in another claim', async () => {
    const options = { groupsClaim: 'https://example.com/roles' };
    await validate({ 'https://example.com/roles': ['staff'] }, { groups: ['staff'] }, options);
    await assertRefused(() => validate({ groups: ['staff'] }, { groups: ['staff'] }, options), ...GROUPS);
    await assertRefused(
      () => validate({ groups: ['x'] }, { groups: ['x'] }, { groupsClaim: 'constructor' }),
      ...GROUPS,
    );
  });
});
