import {
  MemoryIntrospectionCache,
  type ClientAuthMethod,
  type ClientCertificateResolver,
  type ICache,
  type IIntrospectionCache,
  type JwtClaims,
  MonoCloudAuthBaseError,
  MonoCloudBackendNodeClient,
  type MonoCloudBackendNodeClientOptions,
  MonoCloudHttpError,
  MonoCloudOidcBackendClient,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
  type TokenResolver,
} from '@monocloud/backend-node';

class MapCache implements IIntrospectionCache {
  readonly #entries = new Map<string, { claims: JwtClaims; expiresAt: number }>();

  async set(key: string, claims: JwtClaims, expiresAt: number): Promise<void> {
    this.#entries.set(key, { claims, expiresAt });
  }

  async get(key: string): Promise<JwtClaims | undefined> {
    return this.#entries.get(key)?.claims;
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }
}

/** As the older documentation has it. */
class TextCache implements ICache {
  constructor(private readonly store: Map<string, string>) {}

  async get(key: string): Promise<JwtClaims | null> {
    const text = this.store.get(key);
    return text ? JSON.parse(text) : null;
  }

  async set(key: string, claims: JwtClaims): Promise<void> {
    this.store.set(key, JSON.stringify(claims));
  }

  async delete(key: string): Promise<void> {
    this.store.delete(key);
  }
}

const options: MonoCloudBackendNodeClientOptions = {
  tenantDomain: 'https://tenant.example',
  audience: 'https://api.example',
  clientId: 'id',
  clientSecret: 'secret',
  clientAuthMethod: 'client_secret_post',
  groupOptions: { groupsClaim: 'groups', matchAll: true },
  clockSkew: 0,
  clockTolerance: 60,
  jwksCacheDuration: 300,
  metadataCacheDuration: 300,
  introspectJwtTokens: false,
  signatureOffload: 'always',
  validateCertificateBinding: 'when_present',
  responseTimeout: 10_000,
  introspectionCacheDuration: 300,
  trustStoreId: 'store',
  cache: new MapCache(),
  fetcher: fetch,
  metadataResolver: async () => ({ issuer: 'https://tenant.example', jwks_uri: 'https://tenant.example/keys' }),
  jwksResolver: async () => ({ keys: [{ kty: 'RSA', n: 'n', e: 'AQAB', kid: '1' }] }),
};

const client = new MonoCloudBackendNodeClient(options);
new MonoCloudBackendNodeClient();
new MonoCloudBackendNodeClient({});
new MonoCloudBackendNodeClient({ cache: new TextCache(new Map()) });
new MonoCloudBackendNodeClient({ cache: 'memory' });
new MonoCloudBackendNodeClient({ cache: new MemoryIntrospectionCache({ maxEntries: 1, maxBytes: 1, name: 'api' }) });
new MonoCloudBackendNodeClient({ clientAuthMethod: 'private_key_jwt', clientSecret: { kty: 'RSA', alg: 'RS256' } });
new MonoCloudBackendNodeClient({ clientAuthMethod: 'tls_client_auth', clientCertificate: 'pem', clientKey: 'pem' });
new MonoCloudOidcBackendClient('tenant.example', 'https://api.example');
new MonoCloudOidcBackendClient('tenant.example', 'urn:api', { clientId: 'id', clockSkew: 1 });

export const method: ClientAuthMethod = 'spiffe_jwt';
export const fromCookie: TokenResolver<{ cookies: Record<string, string> }> = async ({ cookies }) => cookies['at'];
export const synchronous: TokenResolver<{ token?: string }> = ({ token }) => token;
export const fromProxy: ClientCertificateResolver<{ pem: string }> = async ({ pem }) => pem;
export const noCertificate: ClientCertificateResolver<unknown> = () => '';

/** What a handler of refusals reads of the errors. */
export async function describe(token: string): Promise<string> {
  try {
    const claims = await client.validateAccessToken(token, {
      scopes: ['read'],
      groups: ['admins'],
      clientCertificate: 'pem',
      validateCertificateBinding: true,
    });
    const groups = claims['groups'] as string[];
    return `${claims.sub} ${claims.exp} ${claims.scope} ${groups.length}`;
  } catch (error) {
    if (error instanceof MonoCloudTokenError) return `${error.code} ${error.message}`;
    if (error instanceof MonoCloudHttpError) return `${error.status} ${error.statusText} ${error.raw?.headers['date']}`;
    if (error instanceof MonoCloudOPError) return `${error.error} ${error.errorDescription}`;
    if (error instanceof MonoCloudValidationError) return error.message;
    if (error instanceof MonoCloudAuthBaseError) return `${error.reason} ${error.raw?.body}`;
    throw error;
  }
}

export const errors: Error[] = [
  new MonoCloudAuthBaseError('m'),
  new MonoCloudTokenError('m'),
  new MonoCloudTokenError('m', 'insufficient_scope', { status: 200, statusText: '', headers: {}, body: '' }),
  new MonoCloudHttpError('m'),
  new MonoCloudOPError('invalid_client', 'unknown'),
  new MonoCloudValidationError('m'),
];
