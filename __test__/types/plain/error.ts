import { MonoCloudHttpError } from '@monocloud/backend-node';
import { clientCertificateAuth, type ClientCertFastifyRequest } from '@monocloud/backend-node/fastify';
import { allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { extractClientCertificate } from '@monocloud/backend-node/client-certificate-auth/extractor';

export const hook = clientCertificateAuth(allowCN(['svc-a']));
export const extract = extractClientCertificate;
export const commonName = (request: ClientCertFastifyRequest) => request.clientCertificate?.subject.CN;
export const status: number | undefined = new MonoCloudHttpError('').status;

// @ts-expect-error only `@monocloud/backend-node/client-certificate-auth` gives every error a status
export const unknown = new Error('').status;
