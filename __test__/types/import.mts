import { MonoCloudBackendNodeClient, type MtlsEndpointAliases } from '@monocloud/backend-node';
import { protectApi as guardExpress } from '@monocloud/backend-node/express';
import { protectApi as guardFastify } from '@monocloud/backend-node/fastify';
import { getPublicSigKeyFromIssuerJwks, randomBytes, sha256 } from '@monocloud/backend-node/internal';
import { decryptSession, isUserInGroup, mergeArrays, parseCallbackParams } from '@monocloud/backend-node/utils';

const client = new MonoCloudBackendNodeClient();
export const guards = [guardExpress(client)(), guardFastify(client)()];
export const aliases: MtlsEndpointAliases = { introspection_endpoint: 'https://mtls.tenant.example/introspect' };

export async function session(cookie: string, url: URL): Promise<string> {
  const { code, expiresIn, state } = parseCallbackParams(url);
  const opened = await decryptSession(cookie, 'secret');
  const digest: string = await sha256(randomBytes(16));
  const member: boolean = isUserInGroup({ groups: ['a'] }, mergeArrays(['a'], undefined, ['b']));
  return `${code} ${expiresIn} ${state} ${JSON.stringify(opened)} ${digest} ${member}`;
}

export const key = getPublicSigKeyFromIssuerJwks([{ kty: 'RSA' }], { alg: 'RS256' }).then(({ algorithm }) => algorithm);
