import {
  type AuthenticatedFastifyRequest,
  MonoCloudBackendNodeClient,
  type ProtectHook,
  protectApi,
} from '@monocloud/backend-node/fastify';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify';

const fastify = Fastify({ logger: false });
const protect: ProtectHook = protectApi();

fastify.get('/', { onRequest: protect() }, async (request) => (request as AuthenticatedFastifyRequest).claims);

fastify.get('/pre', { preHandler: protect({ scopes: ['read'] }) }, (request, reply) => {
  reply.send({ sub: (request as AuthenticatedFastifyRequest).claims.sub });
});

fastify.get('/several', { onRequest: [protect(), protect({ groups: ['admins'] })] }, async () => 'ok');

fastify.get<{ Params: { id: string }; Querystring: { page?: number }; Reply: { id: string } }>(
  '/typed/:id',
  { onRequest: protect() },
  async (request) => {
    const { claims } = request as FastifyRequest as AuthenticatedFastifyRequest;
    return { id: `${request.params.id}${request.query.page ?? ''}${claims.client_id ?? ''}` };
  },
);

fastify.post<{ Body: { name: string } }>('/body', { preHandler: [protect()] }, async (request) => request.body.name);

fastify.route({
  method: 'GET',
  url: '/route',
  onRequest: protect({ scopes: ['a'], groups: ['b'] }),
  handler: async (request) => (request as AuthenticatedFastifyRequest).claims.exp,
});

// The older documentation: certificate binding by route.
fastify.get('/mtls', { onRequest: protect({ validateCertificateBinding: true }) }, async () => 'ok');
fastify.get('/strict', { onRequest: protect({ validateCertificateBinding: 'required' }) }, async () => 'ok');

export const plugin: FastifyPluginAsync = async (instance: FastifyInstance) => {
  instance.addHook('onRequest', protect());
  instance.addHook('preHandler', protect());
  instance.get('/inside', async (request) => (request as AuthenticatedFastifyRequest).claims);
};

const client = new MonoCloudBackendNodeClient({ tenantDomain: 'https://tenant.example', audience: 'https://api' });

protectApi(client);
protectApi(client, { certificateResolver: async (request) => request.headers['x-client-cert']?.toString() });
protectApi(client, { tokenResolver: (request: FastifyRequest) => request.headers.authorization });
protectApi({ audience: 'https://api', tokenResolver: () => undefined, certificateResolver: async () => '' });

export const middleware = async (request: FastifyRequest): Promise<void> => {
  const claims: Record<string, unknown> = (request as AuthenticatedFastifyRequest).claims;
  request.log.info(Object.keys(claims).join());
};
