import {
  MonoCloudBackendNodeClient,
  MonoCloudOidcBackendClient,
  MonoCloudTokenError,
  type ProtectOptions,
} from '@monocloud/backend-node';
import { protectApi as guardExpress } from '@monocloud/backend-node/express';
import { protectApi as guardFastify } from '@monocloud/backend-node/fastify';
// @ts-expect-error no such subpath
import type {} from '@monocloud/backend-node/guard';
// @ts-expect-error files are not for import
import type {} from '@monocloud/backend-node/dist/index.js';

declare const client: MonoCloudBackendNodeClient;

// Options
// @ts-expect-error no such method
new MonoCloudBackendNodeClient({ clientAuthMethod: 'none' });
// @ts-expect-error a number
new MonoCloudBackendNodeClient({ clockSkew: '5' });
// @ts-expect-error no such option
new MonoCloudBackendNodeClient({ tenantDomian: 'https://tenant.example' });
// @ts-expect-error a cache has three functions
new MonoCloudBackendNodeClient({ cache: { get: async () => null } });
// @ts-expect-error no such cache
new MonoCloudBackendNodeClient({ cache: 'redis' });
// @ts-expect-error no such mode, and the client takes no boolean
new MonoCloudBackendNodeClient({ validateCertificateBinding: true });
// @ts-expect-error a resolver answers a key set
new MonoCloudBackendNodeClient({ jwksResolver: async () => ({ issuer: '' }) });
// @ts-expect-error the audience is missing
new MonoCloudOidcBackendClient('https://tenant.example');
// @ts-expect-error the core is not for users
new MonoCloudOidcBackendClient({}, 'https://api.example');
// @ts-expect-error no such mode
export const mode: ProtectOptions = { validateCertificateBinding: 'always' };
// @ts-expect-error lists only
export const scopes: ProtectOptions = { scopes: 'read write' };

// Members
// @ts-expect-error protected
void client.clockSkew;
// @ts-expect-error protected
client.clockTolerance = 5;
// @ts-expect-error protected
void client.tenantDomain;
// @ts-expect-error protected
void client.jwks;
// @ts-expect-error protected
void client.jwksCacheExpiry;
// @ts-expect-error protected
void client.metadata;
// @ts-expect-error protected
void client.fetcher;
// @ts-expect-error protected
void client.usesMtlsEndpoints;
// @ts-expect-error protected
client.resolveEndpoint({ issuer: '' }, 'jwks_uri');
// @ts-expect-error not public
void client.cache;
// @ts-expect-error not public
void client.clientSecret;
// @ts-expect-error protected
client.validateAccessTokenClaims({});
// @ts-expect-error protected
void client.validateCertificateBinding({});
// @ts-expect-error no such member
void client.compile;
// @ts-expect-error a static method
client.decodeJwt('a.b.c');

export class Subclass extends MonoCloudBackendNodeClient {
  rename(): void {
    // @ts-expect-error fixed at construction
    this.tenantDomain = 'https://other.example';
  }

  // @ts-expect-error asynchronous
  override getJwks(): number {
    return 1;
  }
}

// Arguments and results
// @ts-expect-error no token
void client.validateAccessToken();
// @ts-expect-error a header may hold several
void client.validateAccessToken(['token']);
// @ts-expect-error introspection knows modes only
void client.introspectAccessToken('token', { validateCertificateBinding: true });
// @ts-expect-error claims come later
void client.validateAccessToken('token').sub;
// @ts-expect-error unknown until it is checked
export const role: string = MonoCloudBackendNodeClient.decodeJwt('a.b.c')['role'];
// @ts-expect-error no such code
new MonoCloudTokenError('m', 'expired');
// @ts-expect-error errors do not change
new MonoCloudTokenError('m').code = 'invalid_token';

// Guards
// @ts-expect-error a client of another class
guardExpress(new MonoCloudOidcBackendClient('https://tenant.example', 'https://api.example'));
// @ts-expect-error Fastify requests have no such member
guardFastify(client, { tokenResolver: (request) => request.header('x') });
// @ts-expect-error a token is a text
guardExpress({ tokenResolver: () => 5 });
// @ts-expect-error no such option
guardExpress(client)({ audience: 'https://other.example' });
