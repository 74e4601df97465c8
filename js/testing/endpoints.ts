import { CLIENT_METHODS, InvalidClient } from './clients';
import type { ClientAuthenticator, Credentials } from './client-authentication';
import type { KeyRing } from './keys';
import type { Endpoint, ReceivedRequest, Reply } from './listener';
import { SIGNING_ALGORITHMS } from './signatures';
import type { TokenIssuer } from './tokens';

export interface EndpointsOptions {
  issuer: string;
  /** Base URL of the mutual TLS listener. */
  mutualTlsUrl?: string;
  trustStoreId?: string;
  keys: KeyRing;
  tokens: TokenIssuer;
  clients: ClientAuthenticator;
}

export interface Endpoints {
  /** The endpoint a request is for. */
  find(path: string): Endpoint | undefined;
  answer(request: ReceivedRequest, certificate: Credentials['certificate']): Promise<Reply>;
}

const PATHS: ReadonlyMap<string, Endpoint> = new Map([
  ['/.well-known/openid-configuration', 'discovery'],
  ['/jwks', 'jwks'],
  ['/introspect', 'introspection'],
  ['/token', 'token'],
]);

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { issuer, keys, tokens, clients, trustStoreId } = options;
  const trustStorePath = trustStoreId === undefined ? undefined : `/trust-stores/${encodeURIComponent(trustStoreId)}`;

  const find = (path: string): Endpoint | undefined => {
    const { pathname } = new URL(path, issuer);
    const inStore = trustStorePath !== undefined && pathname.startsWith(`${trustStorePath}/`);
    return PATHS.get(inStore ? pathname.slice(trustStorePath.length) : pathname);
  };

  const authenticate = ({ headers, body }: ReceivedRequest, certificate: Credentials['certificate']) => {
    const form = new URLSearchParams(body);
    const { authorization } = headers;
    return { form, client: clients.authenticate({ authorization, form, certificate }) };
  };

  // RFC 7662 section 2.
  const introspect = (request: ReceivedRequest, certificate: Credentials['certificate']): Reply => {
    const { form } = authenticate(request, certificate);
    const token = form.get('token');
    if (token === null) return failure(400, 'invalid_request', 'The token parameter is missing');
    const claims = tokens.active(token);
    return json(claims === undefined ? { active: false } : { active: true, token_type: 'Bearer', ...claims });
  };

  // RFC 6749 section 4.4; a token asked for over mutual TLS is bound to the certificate (RFC 8705 section 3).
  const grant = async (request: ReceivedRequest, certificate: Credentials['certificate']): Promise<Reply> => {
    const { form, client } = authenticate(request, certificate);
    const scope = form.get('scope');
    if (form.get('grant_type') !== 'client_credentials') {
      return failure(400, 'unsupported_grant_type', 'Only client_credentials is supported');
    }
    const token = await tokens.issue({
      subject: client.clientId,
      clientId: client.clientId,
      scopes: scope === null ? undefined : scope.split(' '),
      opaque: client.opaqueTokens,
      boundTo: request.clientCertificate,
      expiresIn: 300,
    });
    return json({ access_token: token, token_type: 'Bearer', expires_in: 300, ...(scope === null ? {} : { scope }) });
  };

  const serve = async (
    endpoint: Endpoint,
    request: ReceivedRequest,
    certificate: Credentials['certificate'],
  ): Promise<Reply> => {
    if (endpoint === 'discovery') return json(discoveryDocument(options, trustStorePath));
    if (endpoint === 'jwks') return json(await keys.jwks());
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return failure(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded');
    }
    return endpoint === 'introspection' ? introspect(request, certificate) : grant(request, certificate);
  };

  return {
    find,
    async answer(request, certificate) {
      const { endpoint } = request;
      if (endpoint === undefined) return failure(404, 'not_found', 'There is no such endpoint');
      const method = endpoint === 'discovery' || endpoint === 'jwks' ? 'GET' : 'POST';
      if (request.method !== method) {
        return { ...failure(405, 'invalid_request', `Only ${method} is allowed`), headers: { allow: method } };
      }
      try {
        return await serve(endpoint, request, certificate);
      } catch (error) {
        if (!(error instanceof InvalidClient)) throw error;
        const challenge: Reply['headers'] =
          request.headers.authorization === undefined ? {} : { 'www-authenticate': 'Basic' };
        return { ...failure(401, 'invalid_client', error.message), headers: challenge };
      }
    },
  };
}

// OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2, RFC 8705 section 5.
function discoveryDocument({ issuer, mutualTlsUrl, trustStoreId }: EndpointsOptions, trustStorePath?: string) {
  const methods = CLIENT_METHODS.filter((method) => mutualTlsUrl !== undefined || !/tls|x509/u.test(method));
  const assertionAlgorithms = ['HS256', 'HS384', 'HS512', ...SIGNING_ALGORITHMS];
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    ...clientEndpoints(issuer),
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    ...(mutualTlsUrl !== undefined && {
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: clientEndpoints(mutualTlsUrl),
      ...(trustStoreId !== undefined && {
        mtls_additional_endpoint_aliases: { [trustStoreId]: clientEndpoints(`${mutualTlsUrl}${trustStorePath}`) },
      }),
    }),
  };
}

function clientEndpoints(base: string) {
  return { introspection_endpoint: `${base}/introspect`, token_endpoint: `${base}/token` };
}

function json(value: unknown): Reply {
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: JSON.stringify(value) };
}

function failure(status: number, error: string, description: string): Reply {
  return { status, body: JSON.stringify({ error, error_description: description }) };
}
