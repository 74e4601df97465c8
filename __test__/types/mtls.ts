import {
  authenticateUpgrade,
  type AuthenticateUpgradeOptions,
  type CertificateMessage,
  type MonoCloudBackendNodeClient,
  UpgradeRefusal,
} from '@monocloud/backend-node';
import {
  type CertifiedExpressRequest,
  // @ts-expect-error only the entry mtls has it
  clientCertificateResolver as elsewhere,
  clientCertAuth as middleware,
  protectApi as guardExpress,
} from '@monocloud/backend-node/express';
import {
  type CertifiedFastifyRequest,
  clientCertAuth as hook,
  protectApi as guardFastify,
} from '@monocloud/backend-node/fastify';
import {
  type ClientCertAuthHooks,
  clientCertAuth,
  type ClientCertAuthOptions,
  type ClientCertificate,
  clientCertificateResolver,
  type ClientCertificateResolverOptions,
  type ClientCertificateSource,
  getClientCertificate,
  normalizePeerCertificate,
  parseForwardedClientCert,
  setClientCertificate,
} from '@monocloud/backend-node/mtls';
import express from 'express';
import fastify from 'fastify';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';

declare const client: MonoCloudBackendNodeClient;
declare const socket: TLSSocket;
declare const request: Request;

const certificateResolver = clientCertificateResolver({ source: 'envoy', trustedProxies: ['10.0.0.0/8'] });
const pem: string | undefined = certificateResolver(request);
export const guards = [
  guardExpress(client, { certificateResolver })({ validateCertificateBinding: true }),
  guardFastify({ certificateResolver, audience: 'https://api.example' })({ validateCertificateBinding: true }),
];
export const resolverOptions: ClientCertificateResolverOptions[] = [
  { source: 'tls', requireAuthorized: false },
  { certificateHeader: 'x-cert', headerEncoding: 'url-pem', verifyHeader: 'x-verify', verifyValue: 'SUCCESS' },
  { source: 'istio', xfccElement: 'last', trustedProxies: 'loopback' },
  { source: 'nginx', fallbackToSocket: true, checkValidity: true, clockTolerance: 30 },
];

const app = express();
app.use(middleware());
app.get(
  '/',
  middleware({ allowSubjectCNs: ['svc-a'], verify: (_certificate, { headers }) => !headers.via }),
  (req, res) => {
    const { clientCertificate } = req as CertifiedExpressRequest;
    const name: string | undefined = clientCertificate.subjectCN;
    res.json([name, clientCertificate.subjectAltNames.length, clientCertificate.notAfter?.getTime()]);
  },
);

const server = fastify();
server.addHook('onRequest', hook({ header: { format: 'xfcc' } }));
const onRequest = hook({ source: 'haproxy', verify: async (certificate, { ip }) => certificate.verified && ip !== '' });
server.get('/', { onRequest }, async (req) => (req as CertifiedFastifyRequest).clientCertificate.pem);

const kept: ClientCertificateSource = () =>
  normalizePeerCertificate(socket.getPeerCertificate(true), socket.authorized);
setClientCertificate(request, kept);
const found: ClientCertificate | undefined = getClientCertificate(request) ?? parseForwardedClientCert('Cert=""');
export const hooks: ClientCertAuthHooks = clientCertAuth({
  resolve: (context) => getClientCertificate(context.request),
  header: { format: 'structured', subjectDN: 'x-dn', verify: 'x-verify' },
});
export const answer: Promise<Response | undefined> = hooks.preBody({ request, state: { found, pem } });

export const upgradeOptions: AuthenticateUpgradeOptions = {
  client,
  scopes: ['read'],
  certificateResolver,
  tokenResolver: ({ url }) => url,
  clientCertificate: true,
};
createServer().on('upgrade', async (req, stream) => {
  const admission = await authenticateUpgrade(req, upgradeOptions);
  if (admission.refusal) {
    const { status, headers, body }: UpgradeRefusal = admission.refusal;
    console.log(status, headers['www-authenticate'], body);
    admission.refusal.writeTo(stream);
    return;
  }
  const { claims, clientCertificate } = admission;
  console.log(claims?.sub, clientCertificate?.subjectCN);
});

export const message: CertificateMessage = { reason: 'untrusted_peer' };

// @ts-expect-error no such source
clientCertificateResolver({ source: 'envoi' });
// @ts-expect-error no such option
clientCertificateResolver({ source: 'envoy', trustProxies: [] });
// @ts-expect-error options are needed
clientCertificateResolver();
// @ts-expect-error what is kept with a request is no header's
clientCertificateResolver({ header: { format: 'xfcc' } });
// @ts-expect-error a list
middleware({ allowSubjectCNs: 'svc-a' });
// @ts-expect-error no such option
hook({ allowSubjectCN: ['svc-a'] });
// @ts-expect-error no such element
middleware({ source: 'envoy', xfccElement: 'second' });
// @ts-expect-error no such format
clientCertAuth({ header: { format: 'forwarded' } });
// @ts-expect-error a request of Express has no such member
middleware({ verify: (_certificate, { raw }) => Boolean(raw) });
// @ts-expect-error it is made by the SDK alone
new UpgradeRefusal('', 401, {}, '');
void elsewhere;
export const wrong: ClientCertAuthOptions<Request> = {
  // @ts-expect-error a boolean or nothing
  verify: () => 'yes',
};
