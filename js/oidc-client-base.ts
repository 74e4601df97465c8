import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { adoptCoreFields, defineCoreFields } from './core-fields';
import { drive, type Driven } from './drive';
import { toError } from './failure';
import { native, type NativeCore, type NativeTransport } from './native';
import { CORE, TRANSPORT, transportOf } from './native-transport';
import { receiveVerdicts } from './offload';
import { registerOwnMethods } from './overrides';
import type { IssuerMetadata, Jwks, JwtClaims } from './types';

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
  // Accessors, declared as fields because TypeScript lets a subclass declare no accessor of its base as a field.
  /** Which of the tenant's trust stores the endpoints for mutual TLS belong to. */
  declare protected trustStoreId?: string;
  /** Whether the client authenticates by its TLS certificate, and so at other endpoints (RFC 8705 section 5). */
  declare protected usesMtlsEndpoints: boolean;
  /** The key set in memory, fresh or not. Assigning replaces it. */
  declare protected jwks?: Jwks;
  /** When the key set in memory expires, in seconds since the epoch; it may be assigned before the key set is. */
  declare protected jwksCacheExpiry: number;
  /** The metadata in memory, fresh or not. Assigning replaces it. */
  declare protected metadata?: IssuerMetadata;
  /** When the metadata in memory expires, in seconds since the epoch; it may be assigned before the metadata is. */
  declare protected metadataCacheExpiry: number;

  /** @internal */
  declare readonly [CORE]: NativeCore;

  /** @internal */
  declare [TRANSPORT]?: NativeTransport;

  /** @internal */
  protected constructor(core: NativeCore, functions: ApplicationFunctions = {}) {
    const config = core.config;
    hide(this, CORE, core);
    hide(this, TRANSPORT, undefined);
    receiveVerdicts(core);
    this.tenantDomain = config.tenantDomain;
    this.jwksCacheDuration = config.jwksCacheDuration;
    this.metadataCacheDuration = config.metadataCacheDuration;
    this.fetcher = functions.fetcher;
    this.responseTimeout = config.responseTimeout > 0 ? config.responseTimeout : undefined;
    this.metadataResolver = functions.metadataResolver;
    this.jwksResolver = functions.jwksResolver;
    if (config.clientCertificate !== undefined) {
      transportOf(this, config.clientCertificate, config.clientKey);
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
    adoptCoreFields(this);
    const url = this[CORE].resolveEndpoint(JSON.stringify(metadata) ?? '', endpoint);
    if (typeof url !== 'string') {
      throw toError(url);
    }
    return url;
  }
}

/**
 * What only JavaScript can hold of the options.
 *
 * @internal
 */
export interface ApplicationFunctions {
  fetcher?: typeof fetch;
  metadataResolver?: () => Promise<IssuerMetadata>;
  jwksResolver?: () => Promise<Jwks>;
}

/**
 * The client as the driver sees it.
 *
 * @internal
 */
export function drivenOf(client: MonoCloudOidcClientBase): Driven {
  return client as unknown as Driven;
}

function hide(target: object, key: symbol, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true });
}

defineCoreFields(MonoCloudOidcClientBase.prototype, (client) => client[CORE], settingsOf);
registerOwnMethods(MonoCloudOidcClientBase.prototype, ['getMetadata', 'getJwks']);
