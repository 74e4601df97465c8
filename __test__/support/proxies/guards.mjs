import { X509Certificate } from 'node:crypto';
import * as express from '@monocloud/backend-node/express';
import * as fastify from '@monocloud/backend-node/fastify';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import { allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';

const DOORS = {
  express: { clientCertAuth: express.clientCertAuth, clientCertificateAuth },
  fastify: { clientCertAuth: fastify.clientCertAuth, clientCertificateAuth: fastify.clientCertificateAuth },
};

/**
 * An API that takes its certificates from one source, guarded in every way; resolves to its port. `svc-a`, `right`, may
 * call everything; a route answers with who the caller is. Tokens are those of `client`.
 * More routes are `[path, (guards) => guard, handle]`.
 *
 * @param documented what the page says: options of a source, and `requireVerified` of `clientCertAuth`
 */
export async function listenWithGuards(t, framework, { client, options, right, routes = [] }) {
  const guards = guardsOf(framework, options);
  const fingerprint = new X509Certificate(right.certificate).fingerprint256;
  const url = await framework.listen(t, [
    { path: '/certificate', guard: guards.names(['svc-a']), handle: whoIs },
    { path: '/callback', guard: guards.callback(allowCN(['svc-a'])), handle: whoIs },
    { path: '/fingerprint', guard: guards.fingerprints([fingerprint]), handle: whoIs },
    { path: '/elsewhere', guard: guards.names(['svc-a'], { trustedProxies: ['203.0.113.0/24'] }), handle: whoIs },
    ...(client === undefined ? [] : [{ path: '/token', guard: guards.binding(client) }]),
    ...routes.map(([path, guard, handle = whoIs]) => ({ path, guard: guard(guards), handle })),
  ]);
  return Number(new URL(url).port);
}

function guardsOf({ family, protectApi }, documented) {
  const { requireVerified: _, ...options } = documented;
  const { clientCertAuth, clientCertificateAuth: byCallback } = DOORS[family];
  return {
    names: (allowSubjectCNs, more) => clientCertAuth({ ...documented, allowSubjectCNs, ...more }),
    fingerprints: (allowFingerprints) => clientCertAuth({ ...documented, allowFingerprints }),
    callback: (callback) => {
      const { source, ...others } = options;
      return byCallback(callback, source === undefined ? others : { certificateSource: source, ...others });
    },
    binding: (client, own = options) => {
      const certificateResolver = clientCertificateResolver(own);
      return protectApi(client, { certificateResolver })({ validateCertificateBinding: true });
    },
  };
}

/** Of a certificate in either form: normalised, or as Node's TLS sockets give it. */
function whoIs({ clientCertificate }) {
  const { subjectCN, subject, fingerprint256 } = clientCertificate;
  return { commonName: subjectCN ?? subject.CN, fingerprint256: fingerprint256.replaceAll(':', '') };
}
