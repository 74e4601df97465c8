import { type AccessTokenClaims, type IIntrospectionCache, MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import clientCertificateAuth, { type Middleware } from '@monocloud/backend-node/client-certificate-auth';
import { allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { type AuthenticatedExpressRequest, protectApi as guardExpress } from '@monocloud/backend-node/express';
import { protectApi as guardFastify, type ProtectHook } from '@monocloud/backend-node/fastify';
import { now, parseSpaceSeparated } from '@monocloud/backend-node/internal';
import { isUserInGroup } from '@monocloud/backend-node/utils';

const cache: IIntrospectionCache = { get: async () => undefined, set: async () => {}, delete: async () => {} };
const client = new MonoCloudBackendNodeClient({ audience: 'https://api.example', cache });

export const middleware = guardExpress(client)({ scopes: ['read'] });
export const certificates: Middleware = clientCertificateAuth(allowCN(['svc-a']), { certificateSource: 'envoy' });
export const hook: ReturnType<ProtectHook> = guardFastify(client)({ validateCertificateBinding: true });

export function subjectOf(request: AuthenticatedExpressRequest): string | undefined {
  const { exp = now(), scope, sub } = request.claims;
  return exp > now() && parseSpaceSeparated(scope)?.includes('read') ? sub : undefined;
}

export async function isAnalyst(token: string): Promise<boolean> {
  const claims: AccessTokenClaims = await client.validateAccessToken(token);
  return isUserInGroup(claims, ['analysts']);
}

// @ts-expect-error a token is a text
void client.validateAccessToken(5);
