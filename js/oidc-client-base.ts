import { nowInSeconds } from './clock';
import { drive, type Driven } from './drive';
import { toError } from './failure';
import { native, type NativeCore, type NativeSettings, type NativeTransport } from './native';
import { openTransport, TRANSPORT } from './native-transport';
import { overridesOf, registerOwnMethods } from './overrides';
import type { IIntrospectionCache, IssuerMetadata, Jwks, JwtClaims } from './types';

/** The client's core. A symbol keeps it out of what applications see, print and compare. */
export const CORE = Symbol('monocloud.core');

/** Expiries that were assigned while there was no document: of the metadata and of the key set. */
const EXPIRIES = Symbol('monocloud.expiries');

/** How long documents are used when nothing else is configured, in seconds. */
const DEFAULT_CACHE_DURATION = 300;

/** Discovery and keys of a tenant (OpenID Connect Discovery 1.0, RFC 7517). */
export abstract class MonoCloudOidcClientBase {
  protected readonly tenantDomain: string;
  /** Seconds. */
  protected jwksCacheDuration: number;
  /** Seconds. */
  protected metadataCacheDuration: number;
  protected fetcher?: typeof fetch;
  /** Milliseconds. */
  protected responseTimeout?: number;
  protected metadataResolver?: () => Promise<IssuerMetadata>;
  protected jwksResolver?: () => Promise<Jwks>;

  /** @internal */
  declare readonly [CORE]: NativeCore;

  /** @internal */
  declare [TRANSPORT]?: NativeTransport;

  /** @internal */
  declare readonly [EXPIRIES]: [metadata: number, jwks: number];

  protected constructor(core: NativeCore, functions: ApplicationFunctions = {}) {
    const config = core.config;
    hide(this, CORE, core);
    hide(this, TRANSPORT, undefined);
    hide(this, EXPIRIES, [0, 0]);
    this.tenantDomain = config.tenantDomain;
    this.jwksCacheDuration = config.jwksCacheDuration ?? DEFAULT_CACHE_DURATION;
    this.metadataCacheDuration = config.metadataCacheDuration ?? DEFAULT_CACHE_DURATION;
    this.fetcher = functions.fetcher;
    this.responseTimeout = config.responseTimeout > 0 ? config.responseTimeout : undefined;
    this.metadataResolver = functions.metadataResolver;
    this.jwksResolver = functions.jwksResolver;
    if (config.clientCertificate !== undefined) {
      this[TRANSPORT] = openTransport(config.clientCertificate, config.clientKey);
    }
  }

  /**
   * The tenant's metadata, from memory while it is fresh.
   *
   * @param forceRefresh asks the tenant whatever is in memory.
   * @throws MonoCloudHttpError when the tenant gives no metadata; MonoCloudValidationError when the resolver does not.
   */
  async getMetadata(forceRefresh = false): Promise<IssuerMetadata> {
    return drive(
      drivenOf(this),
      this[CORE].startDocument(false, Boolean(forceRefresh), settingsOf(this), nowInSeconds()),
    );
  }

  /**
   * The tenant's JSON Web Key Set, from memory while it is fresh.
   *
   * @param forceRefresh asks the tenant for its keys whatever is in memory; the metadata may come from memory.
   * @throws MonoCloudHttpError when the tenant gives no keys; MonoCloudValidationError when the metadata names no
   * `jwks_uri` or the resolver answers no key set.
   */
  async getJwks(forceRefresh = false): Promise<Jwks> {
    return drive(
      drivenOf(this),
      this[CORE].startDocument(true, Boolean(forceRefresh), settingsOf(this), nowInSeconds()),
    );
  }

  /**
   * The claims of a JWT, without any check of signature or claims.
   *
   * @throws MonoCloudTokenError when the text holds no JSON object as its payload.
   */
  static decodeJwt(jwt: string): JwtClaims {
    const payload = native.decodeJwt(typeof jwt === 'string' ? jwt : '.~');
    if (typeof payload !== 'string') {
      throw toError(payload);
    }
    return JSON.parse(payload) as JwtClaims;
  }

  /**
   * The URL of one of the tenant's endpoints: of those for mutual TLS when this client uses them, else the plain one.
   *
   * @throws MonoCloudValidationError when the metadata does not name it.
   */
  protected resolveEndpoint(metadata: IssuerMetadata, endpoint: string): string {
    const url = this[CORE].resolveEndpoint(JSON.stringify(metadata) ?? '', endpoint);
    if (typeof url !== 'string') {
      throw toError(url);
    }
    return url;
  }

  /** Which of the tenant's trust stores the endpoints for mutual TLS belong to. */
  protected get trustStoreId(): string | undefined {
    return this[CORE].trustStoreId ?? undefined;
  }

  protected set trustStoreId(trustStoreId: string | undefined) {
    this[CORE].trustStoreId = trustStoreId;
  }

  /** Whether the client authenticates by its TLS certificate, and so at other endpoints (RFC 8705 section 5). */
  protected get usesMtlsEndpoints(): boolean {
    return this[CORE].mutualTls;
  }

  protected set usesMtlsEndpoints(usesMtlsEndpoints: boolean) {
    this[CORE].mutualTls = usesMtlsEndpoints;
  }

  /** The key set in memory, fresh or not. Assigning replaces it. */
  protected get jwks(): Jwks | undefined {
    return storedDocument(this, true) as Jwks | undefined;
  }

  protected set jwks(jwks: Jwks | undefined) {
    storeDocument(this, true, jwks, this.jwksCacheExpiry);
  }

  /** When the key set in memory expires, in seconds since the epoch; it may be assigned before the key set is. */
  protected get jwksCacheExpiry(): number {
    return storedExpiry(this, true);
  }

  protected set jwksCacheExpiry(expiresAt: number) {
    storeDocument(this, true, this.jwks, expiresAt);
  }

  /** The metadata in memory, fresh or not. Assigning replaces it. */
  protected get metadata(): IssuerMetadata | undefined {
    return storedDocument(this, false) as IssuerMetadata | undefined;
  }

  protected set metadata(metadata: IssuerMetadata | undefined) {
    storeDocument(this, false, metadata, this.metadataCacheExpiry);
  }

  /** When the metadata in memory expires, in seconds since the epoch; it may be assigned before the metadata is. */
  protected get metadataCacheExpiry(): number {
    return storedExpiry(this, false);
  }

  protected set metadataCacheExpiry(expiresAt: number) {
    storeDocument(this, false, this.metadata, expiresAt);
  }
}

/** What only JavaScript can hold of the options. */
export interface ApplicationFunctions {
  fetcher?: typeof fetch;
  metadataResolver?: () => Promise<IssuerMetadata>;
  jwksResolver?: () => Promise<Jwks>;
}

/** The members that operations read, through their protection. */
interface Members {
  clockSkew?: number;
  clockTolerance?: number;
  jwksCacheDuration: number;
  metadataCacheDuration: number;
  fetcher?: typeof fetch;
  responseTimeout?: number;
  metadataResolver?: () => unknown;
  jwksResolver?: () => unknown;
  cache?: IIntrospectionCache;
}

/** What a client's members say now. */
export function settingsOf(client: MonoCloudOidcClientBase): NativeSettings {
  const members = client as unknown as Members;
  return {
    overrides: overridesOf(client),
    supplied: (members.metadataResolver ? 1 : 0) | (members.jwksResolver ? 2 : 0) | (members.cache ? 4 : 0),
    clockSkew: Number(members.clockSkew ?? 0),
    clockTolerance: Number(members.clockTolerance ?? 0),
    metadataCacheDuration: Number(members.metadataCacheDuration),
    jwksCacheDuration: Number(members.jwksCacheDuration),
    responseTimeout: Number(members.responseTimeout ?? 0),
  };
}

/** The client as the driver sees it. */
export function drivenOf(client: MonoCloudOidcClientBase): Driven {
  return client as unknown as Driven;
}

function hide(target: object, key: symbol, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true });
}

function storedDocument(client: MonoCloudOidcClientBase, jwks: boolean): unknown {
  const text = client[CORE].storedDocument(jwks);
  return text === null || text === undefined ? undefined : JSON.parse(text);
}

function storedExpiry(client: MonoCloudOidcClientBase, jwks: boolean): number {
  const stored = client[CORE].storedDocument(jwks);
  return stored === null || stored === undefined ? client[EXPIRIES][jwks ? 1 : 0] : client[CORE].storedExpiry(jwks);
}

function storeDocument(client: MonoCloudOidcClientBase, jwks: boolean, document: unknown, expiresAt: number): void {
  client[EXPIRIES][jwks ? 1 : 0] = expiresAt;
  client[CORE].storeDocument(jwks, document === undefined ? undefined : JSON.stringify(document), expiresAt);
}

registerOwnMethods(MonoCloudOidcClientBase.prototype, ['getMetadata', 'getJwks']);
