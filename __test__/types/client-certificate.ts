import clientCertificateAuth, {
  clientCertificateAuth as named,
  type ClientCertificateAuthOptions,
  type ClientCertRequest,
  type ClientCertResponse,
  type HttpError,
  type Middleware,
  type ValidationCallback,
} from '@monocloud/backend-node/client-certificate-auth';
import {
  type ExtractionResult,
  extractClientCertificate,
  validateExtractorOptions,
} from '@monocloud/backend-node/client-certificate-auth/extractor';
import { extractClientCertificateFromRequest } from '@monocloud/backend-node/client-certificate-auth/fetch';
import * as helpers from '@monocloud/backend-node/client-certificate-auth/helpers';
import {
  extractClientCertificateFromLambdaEvent,
  type LambdaEventWithClientCert,
  type LambdaExtractionResult,
} from '@monocloud/backend-node/client-certificate-auth/lambda';
import {
  type ChainedPeerCertificate,
  getCertificateFromHeaders,
  MAX_CHAIN_CERTS,
  parseBase64Der,
  parseHeaderValue,
  parseXfcc,
  PRESETS,
} from '@monocloud/backend-node/client-certificate-auth/parsers';
import { clientCertificateAuth as hook } from '@monocloud/backend-node/fastify';
import express from 'express';
import fastify from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Equal, Expect } from './equality.js';

const options: ClientCertificateAuthOptions = {
  certificateSource: 'envoy',
  includeChain: true,
  trustedProxies: ['10.0.0.0/8', 'loopback'],
  xfccElement: 'last',
  clockTolerance: 30,
  onAuthenticated: (cert, req) => console.log(cert.subject.CN, req.url),
  onRejected: async (cert, req, reason) => {
    const known: boolean = reason === 'header_missing_or_malformed';
    console.log(cert?.fingerprint256, req.clientCertificate?.issuerCertificate?.subject.O, known);
  },
};

const { allowCA, allowCN, allowFingerprints, allowIssuer, allowSAN, allowSerial, allOf, anyOf } = helpers;
const callback: ValidationCallback = allOf(
  allowCN(['svc-a']),
  anyOf(allowIssuer({ O: 'Acme' }), allowSAN(['spiffe://acme/a']), async (cert, req) => req?.url === cert.serialNumber),
  allowFingerprints(['SHA256:AB'], { allowSha1: true }),
  allowSerial(['0A', 10, 10n]),
  allowCA(['pem', new Uint8Array()], { maxDepth: 3 }),
);

export const middleware: Middleware = clientCertificateAuth(callback, options);
export const again: Middleware = named(callback);
export const same: Expect<Equal<typeof named, typeof clientCertificateAuth>> = true;

export const app = express().use(
  middleware,
  clientCertificateAuth((cert) => cert.subject.CN === 'svc-a'),
  clientCertificateAuth(async (cert, req) => req !== undefined && cert.subject.O === 'Acme', { includeChain: false }),
);

export const api = fastify().route({
  method: 'GET',
  url: '/',
  onRequest: [hook(callbackOfHook, { onAuthenticated: (_cert, request) => request.log.info('in') }), hook(allowCN([]))],
  handler: async () => '',
});

function callbackOfHook(cert: ChainedPeerCertificate): boolean {
  return cert.ext_key_usage?.includes('1.3.6.1.5.5.7.3.2') === true;
}

export function pass(req: ClientCertRequest, res: ClientCertResponse): void {
  void middleware(req, res, (error?: HttpError) => res.end(String(error?.status)));
}

export function ofUpgrade(req: IncomingMessage & { socket: TLSSocket }): string {
  validateExtractorOptions(options);
  const result: ExtractionResult = extractClientCertificate(req, { fallbackToSocket: true });
  return result.success ? result.certificate.serialNumber : result.reason;
}

export function ofFetch(request: Request): string | null {
  const { certificate, reason } = extractClientCertificateFromRequest(request, { certificateSource: 'nginx' });
  return certificate === null ? reason : certificate.serialNumber;
}

export function ofEvent(event: LambdaEventWithClientCert | null): LambdaExtractionResult {
  return extractClientCertificateFromLambdaEvent(event);
}

export const parsed: (ChainedPeerCertificate | null)[] = [
  parseXfcc(''),
  parseBase64Der('', { chainInLeafHeader: true }),
  parseHeaderValue('', PRESETS.envoy.encoding),
  getCertificateFromHeaders({ a: ['b'], c: undefined }, { certificateHeader: 'a', headerEncoding: 'rfc9440' }),
];
export const limit: number = MAX_CHAIN_CERTS;
export const status: number | undefined = new Error('').status;

// @ts-expect-error a list
allowCN('svc-a');
// @ts-expect-error a list of strings
allowFingerprints([5]);
// @ts-expect-error values are strings
allowIssuer({ O: ['Acme'] });
// @ts-expect-error callbacks one by one
allOf([callback]);
// @ts-expect-error a callback answers
clientCertificateAuth(() => {});
// @ts-expect-error a callback answers a boolean
clientCertificateAuth(() => 'true');
// @ts-expect-error a callback is needed
clientCertificateAuth();
// @ts-expect-error no such proxy
clientCertificateAuth(callback, { certificateSource: 'nobody' });
// @ts-expect-error no such encoding
clientCertificateAuth(callback, { certificateHeader: 'x-cert', headerEncoding: 'pem' });
// @ts-expect-error no such option
clientCertificateAuth(callback, { certificateSources: 'envoy' });
// @ts-expect-error a number of seconds
clientCertificateAuth(callback, { clockTolerance: '30' });
// @ts-expect-error there is no socket
extractClientCertificateFromRequest(new Request(''), { fallbackToSocket: true });
// @ts-expect-error not known to be there
export const subject = extractClientCertificate({} as ClientCertRequest).certificate.subject;
// @ts-expect-error for reading
PRESETS.envoy.header = 'x';
// @ts-expect-error the core is not for users
void clientCertificateAuth.native;
