import clientCertificateAuth = require('@monocloud/backend-node/client-certificate-auth');
import extractor = require('@monocloud/backend-node/client-certificate-auth/extractor');
import fetched = require('@monocloud/backend-node/client-certificate-auth/fetch');
import helpers = require('@monocloud/backend-node/client-certificate-auth/helpers');
import lambda = require('@monocloud/backend-node/client-certificate-auth/lambda');
import parsers = require('@monocloud/backend-node/client-certificate-auth/parsers');

const options: clientCertificateAuth.ClientCertificateAuthOptions = { certificateSource: 'envoy' };
const callback: clientCertificateAuth.ValidationCallback = helpers.allowCN(['svc-a']);
export const middlewares: clientCertificateAuth.Middleware[] = [
  clientCertificateAuth(callback, options),
  clientCertificateAuth.default(callback),
  clientCertificateAuth.clientCertificateAuth(callback),
];
export const functions = [
  extractor.extractClientCertificate,
  fetched.extractClientCertificateFromRequest,
  lambda.extractClientCertificateFromLambdaEvent,
  parsers.parseUrlPem,
];

export async function load(): Promise<boolean> {
  const { allowCN } = await helpers.load();
  const { parseXfcc } = await parsers.load();
  const make = await clientCertificateAuth.load();
  const { validateExtractorOptions } = await extractor.load();
  validateExtractorOptions(options);
  return make(allowCN(['svc-a'])).length === 3 && parseXfcc('') === null;
}
