import clientCertificateAuth, {
  clientCertificateAuth as named,
  type CertificateSource,
  load,
} from '@monocloud/backend-node/client-certificate-auth';
import { extractClientCertificate } from '@monocloud/backend-node/client-certificate-auth/extractor';
import { extractClientCertificateFromRequest } from '@monocloud/backend-node/client-certificate-auth/fetch';
import { allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { extractClientCertificateFromLambdaEvent } from '@monocloud/backend-node/client-certificate-auth/lambda';
import { parseUrlPem } from '@monocloud/backend-node/client-certificate-auth/parsers';

const loaded: typeof clientCertificateAuth = await load();
export const middlewares = [clientCertificateAuth, named, loaded].map((make) => make(allowCN(['svc-a'])));
export const source: CertificateSource = 'aws-alb';
export const functions = [
  extractClientCertificate,
  extractClientCertificateFromRequest,
  extractClientCertificateFromLambdaEvent,
  parseUrlPem,
];
