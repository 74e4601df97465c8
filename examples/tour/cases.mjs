const PASSED = { status: 200 };
const MISSING = { status: 401, challenge: 'Bearer', reason: 'token_missing' };
const invalid = (reason) => ({ status: 401, challenge: 'Bearer error="invalid_token"', reason });
const forbidden = (reason) => ({ status: 403, challenge: 'Bearer error="insufficient_scope"', reason });

/**
 * What the tour sends, in order: `sent` in words, the `path` of the route, the token, the client `certificate` of
 * requests over https, and the `expected` answer with the reason for it. `before` runs ahead of every request.
 */
export async function createCases(tenant) {
  const certificate = await tenant.certificate({ commonName: 'right' });
  const other = await tenant.certificate({ commonName: 'wrong' });
  const bound = await tenant.issue({ boundTo: certificate.certificate });
  const revoked = await tenant.issue({ opaque: true });
  tenant.revoke(revoked);
  const failIntrospection = () => tenant.fail({ endpoint: 'introspection', status: 500, times: 1 });
  const overHttps = (row) => ({ ...row, path: '/account', secure: true });

  return [
    { sent: 'no token', path: '/me', expected: MISSING },
    { sent: 'valid JWT', path: '/me', token: await tenant.issue(), expected: PASSED },
    { sent: 'expired JWT', path: '/me', token: await tenant.forge('expired'), expected: invalid('token_expired') },
    {
      sent: 'JWT for another audience',
      path: '/me',
      token: await tenant.forge('wrongAudience'),
      expected: invalid('audience_mismatch'),
    },
    {
      sent: 'tampered JWT',
      path: '/me',
      token: await tenant.forge('tampered'),
      expected: invalid('signature_invalid'),
    },
    {
      sent: 'JWT with the scope',
      path: '/orders',
      token: await tenant.issue({ scopes: ['orders:read'] }),
      expected: PASSED,
    },
    {
      sent: 'JWT without the scope',
      path: '/orders',
      token: await tenant.issue({ scopes: ['profile'] }),
      expected: forbidden('scopes_missing'),
    },
    { sent: 'JWT with the group', path: '/admin', token: await tenant.issue({ groups: ['admin'] }), expected: PASSED },
    {
      sent: 'JWT without the group',
      path: '/admin',
      token: await tenant.issue({ groups: ['staff'] }),
      expected: forbidden('groups_missing'),
    },
    { sent: 'opaque token', path: '/me', token: await tenant.issue({ opaque: true }), expected: PASSED },
    { sent: 'revoked opaque token', path: '/me', token: revoked, expected: invalid('token_inactive') },
    {
      sent: 'opaque token, tenant out of order',
      path: '/me',
      token: await tenant.issue({ opaque: true }),
      before: failIntrospection,
      expected: { status: 503, reason: 'status_unexpected' },
    },
    overHttps({ sent: 'bound JWT, its certificate', token: bound, certificate, expected: PASSED }),
    overHttps({
      sent: 'bound JWT, another certificate',
      token: bound,
      certificate: other,
      expected: invalid('thumbprint_mismatch'),
    }),
    overHttps({ sent: 'bound JWT, no certificate', token: bound, expected: invalid('certificate_missing') }),
    overHttps({
      sent: 'unbound JWT, a certificate',
      token: await tenant.issue(),
      certificate,
      expected: invalid('confirmation_missing'),
    }),
  ];
}
