import {
  type AccessTokenClaims,
  type CertificateBindingValidation,
  type IntrospectOptions,
  type IssuerMetadata,
  type Jwks,
  MonoCloudBackendNodeClient,
  type MonoCloudBackendNodeClientOptions,
  MonoCloudOidcBackendClient,
  type ValidateAccessTokenOptions,
  type ValidateJwtAccessTokenOptions,
} from '@monocloud/backend-node';

export class AuditedClient extends MonoCloudBackendNodeClient {
  readonly #seen: string[] = [];

  constructor(options?: Partial<MonoCloudBackendNodeClientOptions>) {
    super({ clockTolerance: 0, ...options });
    this.clockSkew = 5;
    this.jwksCacheDuration = 60;
    this.metadataCacheDuration = 60;
    this.responseTimeout = 2_000;
    this.trustStoreId = 'store';
    this.usesMtlsEndpoints = true;
    this.fetcher = async (input, init) => fetch(input, init);
    this.metadataResolver = async () => ({ issuer: this.tenantDomain });
    this.jwksResolver = async () => ({ keys: [] });
  }

  /** Forgets the documents in memory. */
  forget(): number {
    const before: number = this.jwksCacheExpiry + this.metadataCacheExpiry;
    this.jwks = undefined;
    this.metadata = undefined;
    this.jwksCacheExpiry = 0;
    this.metadataCacheExpiry = 0;
    return before;
  }

  override async getMetadata(forceRefresh = false): Promise<IssuerMetadata> {
    return this.metadata ?? super.getMetadata(forceRefresh);
  }

  override async getJwks(forceRefresh?: boolean): Promise<Jwks> {
    const { keys } = await super.getJwks(forceRefresh);
    return { keys: keys.filter((key) => key.use !== 'enc') };
  }

  async introspectionEndpoint(): Promise<string> {
    return this.resolveEndpoint(await this.getMetadata(), 'introspection_endpoint');
  }

  override async validateAccessToken(token: string, options?: ValidateAccessTokenOptions): Promise<AccessTokenClaims> {
    const claims = await super.validateAccessToken(token, options);
    this.#seen.push(claims.sub ?? 'nobody');
    return claims;
  }

  override async validateJwtAccessToken(
    token: string,
    options?: ValidateJwtAccessTokenOptions,
  ): Promise<AccessTokenClaims> {
    return super.validateJwtAccessToken(token, { ...options, jwks: await this.getJwks(true) });
  }

  override introspectAccessToken(token: string, options?: IntrospectOptions): Promise<AccessTokenClaims> {
    return super.introspectAccessToken(token.trim(), options);
  }

  protected override validateAccessTokenClaims(claims: AccessTokenClaims, scopes?: string[], groups?: string[]): void {
    super.validateAccessTokenClaims(claims, scopes, groups);
    if (claims['tenant'] !== this.tenantDomain) {
      throw new Error(`${this.clockTolerance} seconds do not help`);
    }
  }

  protected override async validateCertificateBinding(
    claims: AccessTokenClaims,
    mode?: CertificateBindingValidation,
    certificate?: string,
  ): Promise<void> {
    await super.validateCertificateBinding(claims, mode ?? 'required', certificate);
  }
}

/** Fields of the base that a subclass declares again. */
export class PinnedClient extends MonoCloudOidcBackendClient {
  protected override jwks?: Jwks = { keys: [] };
  protected override jwksCacheExpiry = Infinity;
  protected override metadata?: IssuerMetadata = { issuer: 'https://tenant.example' };
  protected override metadataCacheExpiry = Infinity;
  protected override clockSkew = 0;
  protected override clockTolerance = 1;
  protected override jwksCacheDuration = 1;
  protected override responseTimeout?: number = 1_000;
  protected override fetcher?: typeof fetch = undefined;
  compile = 'a name of its own';

  constructor() {
    super('tenant.example', 'https://api.example', { clientSecret: { kty: 'oct', k: 'AA' } });
  }
}

export const decoded: string | undefined = MonoCloudBackendNodeClient.decodeJwt('a.b.c').sub;
new PinnedClient().setClockSkew(1);
new PinnedClient().setClockTolerance(1);
