import { randomBytes } from 'node:crypto';
import {
  createCertificateAuthority,
  createSelfSignedCertificate,
  type CertificateAndKey,
  type CertificateAuthority,
  type CertificateOptions,
} from './authority';
import { createClientAuthenticator } from './client-authentication';
import { methodsOf, type TestClient, type TestClientMethod } from './clients';
import { createEndpoints } from './endpoints';
import { createFaults, type Fault } from './faults';
import { forgeToken, type Forgery } from './forgery';
import { createKeyRing } from './keys';
import { listen, type Endpoint, type ListenerOptions, type ReceivedRequest } from './listener';
import type { SigningAlgorithm } from './signatures';
import { createTokenIssuer, type IssueOptions } from './tokens';

export interface TestTenantOptions {
  /** Port of the http listener on 127.0.0.1. Default: 0, a free one. */
  port?: number;
  /** `aud` of the tokens. Default: 'https://api.example.com'. */
  audience?: string;
  /** What `issue` signs with. Default: the first of `algorithms`. */
  algorithm?: SigningAlgorithm;
  /** Algorithms with a published key from the start. Default: `algorithm`, or ES256. */
  algorithms?: SigningAlgorithm[];
  /** Default: one client 'api' with a random secret, for client_secret_post and client_secret_basic. */
  clients?: TestClient[];
  /** A second listener with HTTPS that asks for client certificates, announced in discovery. Default: false. */
  mutualTls?: boolean;
  /** Announces that listener under this trust store too, with paths of its own. */
  trustStoreId?: string;
}

/** The options that make a client of this tenant. */
export interface TenantClientOptions {
  tenantDomain: string;
  audience: string;
  clientId?: string;
  clientSecret?: string;
  clientAuthMethod?: TestClientMethod;
}

/** A running OpenID Provider for development and tests. Its functions need no `this`. */
export interface TestTenant extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly issuer: string;
  readonly audience: string;
  /** For the first registered client; `clientAuthMethod` is there unless it is client_secret_post. */
  readonly clientOptions: TenantClientOptions;
  /** Base URL of the mutual TLS listener. */
  readonly mutualTlsUrl?: string;
  /** Certificate of the tenant's authority, PEM; made when first asked for. */
  readonly ca: string;
  /** What arrived, in order. */
  readonly requests: ReceivedRequest[];
  /** An access token: a JWT (RFC 9068), or opaque. */
  issue(options?: IssueOptions): Promise<string>;
  /** A JWT that an API has to refuse; `options` say what it holds besides its fault. */
  forge(kind: Forgery, options?: IssueOptions): Promise<string>;
  /** From now on introspection calls the token inactive. */
  revoke(token: string): void;
  /** Signs with new keys from now on. The former ones are withdrawn unless `keepOld` is set. */
  rotateKeys(options?: { keepOld?: boolean }): Promise<void>;
  /** Makes an endpoint misbehave; several faults take their turns. */
  fail(fault: Fault): void;
  /** Ends the faults of one endpoint, or of all. */
  recover(endpoint?: Endpoint): void;
  /** Adds a client, or replaces the one with the same `clientId`. */
  registerClient(client: TestClient): void;
  /** A client certificate of the tenant's authority. */
  certificate(options?: CertificateOptions): Promise<CertificateAndKey>;
  /** A client certificate that signs itself. */
  selfSignedCertificate(options?: CertificateOptions): Promise<CertificateAndKey>;
  /** A server certificate of the tenant's authority. Default hosts: 127.0.0.1 and localhost. */
  serverCertificate(hosts?: string[]): Promise<CertificateAndKey>;
  /** Ends all listeners and connections at once. */
  close(): Promise<void>;
}

/**
 * Starts a tenant with keys of its own on 127.0.0.1. It serves, and keeps the process alive, until `close`.
 *
 * @throws the error of the operating system when the port is taken
 */
export async function createTestTenant(options: TestTenantOptions = {}): Promise<TestTenant> {
  const { audience = 'https://api.example.com', trustStoreId } = options;
  const algorithm = options.algorithm ?? options.algorithms?.[0] ?? 'ES256';
  const registered = options.clients ?? [defaultClient()];

  const keys = createKeyRing(options.algorithms ?? [algorithm]);
  const faults = createFaults();
  const requests: ReceivedRequest[] = [];
  let authority: CertificateAuthority | undefined;
  const ca = () => (authority ??= createCertificateAuthority());

  const answer: ListenerOptions['answer'] = async (request, { receive, certificate, signal }) => {
    request.endpoint = endpoints.find(request.path);
    requests.push(request);
    await receive();
    return faults.answer(request.endpoint, () => endpoints.answer(request, certificate), signal);
  };

  const secure = options.mutualTls
    ? await listen({ port: 0, tls: { ...ca().issueServer(), ca: ca().certificate }, answer })
    : undefined;
  const mutualTlsUrl = secure && `https://127.0.0.1:${secure.port}`;
  const plain = await listen({ port: options.port ?? 0, answer }).catch(async (error: unknown) => {
    await secure?.close();
    throw error;
  });
  const issuer = `http://127.0.0.1:${plain.port}`;

  const tokens = createTokenIssuer({ issuer, audience, algorithm, keys });
  const clients = createClientAuthenticator(issuer);
  registered.forEach((client) => clients.register(client));
  const endpoints = createEndpoints({ issuer, mutualTlsUrl, trustStoreId, keys, tokens, clients });

  const close = async () => {
    await Promise.all([plain.close(), secure?.close()]);
  };
  const tenant: Omit<TestTenant, keyof AsyncDisposable> = {
    issuer,
    audience,
    clientOptions: clientOptions(issuer, audience, registered[0]),
    mutualTlsUrl,
    get ca() {
      return ca().certificate;
    },
    requests,
    issue: tokens.issue,
    forge: (kind, forged) => forgeToken(tokens, kind, forged),
    revoke: tokens.revoke,
    rotateKeys: keys.rotate,
    fail: faults.add,
    recover: faults.clear,
    registerClient: clients.register,
    certificate: async (subject) => ca().issueClient(subject),
    selfSignedCertificate: async (subject) => createSelfSignedCertificate(subject),
    serverCertificate: async (hosts) => ca().issueServer(hosts),
    close,
  };
  return disposable(tenant, close);
}

function defaultClient(): TestClient {
  return {
    clientId: 'api',
    clientSecret: randomBytes(24).toString('base64url'),
    method: ['client_secret_post', 'client_secret_basic'],
  };
}

function clientOptions(tenantDomain: string, audience: string, client?: TestClient): TenantClientOptions {
  if (client === undefined) return { tenantDomain, audience };
  const { clientId, clientSecret, assertion } = client;
  const [method] = methodsOf(client);
  const secret = method === 'spiffe_jwt' ? assertion : clientSecret;
  return {
    tenantDomain,
    audience,
    clientId,
    ...(secret !== undefined && { clientSecret: secret }),
    ...(method !== 'client_secret_post' && { clientAuthMethod: method }),
  };
}

// Node.js has Symbol.asyncDispose since 18.18.
function disposable<T extends object>(target: T, close: () => Promise<void>): T & AsyncDisposable {
  const symbol: symbol | undefined = Symbol.asyncDispose;
  if (symbol !== undefined) Object.defineProperty(target, symbol, { value: close });
  return target as T & AsyncDisposable;
}
