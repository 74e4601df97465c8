import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertificateAndKey } from './authority';
import type { Credentials } from './client-authentication';
import { pem } from './x509';

export type Endpoint = 'discovery' | 'jwks' | 'introspection' | 'token';

/** A request that reached the tenant. */
export interface ReceivedRequest {
  /** Undefined for a path that the tenant does not serve. */
  endpoint?: Endpoint;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** PEM, when the client presented one. */
  clientCertificate?: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string | Uint8Array;
  interrupted?: { by: 'disconnect' } | { by: 'truncation' | 'stall'; after: number };
}

export interface Listener {
  port: number;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  port: number;
  /** Makes it an HTTPS server that asks for a client certificate and lets the endpoint judge it. */
  tls?: CertificateAndKey & { ca: string };
  /** Called when the headers are in; the signal fires when the client is gone. */
  answer(request: ReceivedRequest, context: RequestContext): Promise<Reply>;
}

export interface RequestContext {
  /** Reads the body into the request. */
  receive(): Promise<string>;
  certificate: Credentials['certificate'];
  signal: AbortSignal;
}

const MAXIMUM_BODY = 1 << 20;

/** Listens on 127.0.0.1. */
export async function listen({ port, tls, answer }: ListenerOptions): Promise<Listener> {
  const handle: RequestListener = (incoming, response) => {
    respond(incoming, response, answer).catch(() => response.destroy());
  };
  const server =
    tls === undefined
      ? createHttpServer(handle)
      : createHttpsServer(
          { cert: tls.certificate, key: tls.key, ca: tls.ca, requestCert: true, rejectUnauthorized: false },
          handle,
        );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

async function respond(incoming: IncomingMessage, response: ServerResponse, answer: ListenerOptions['answer']) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const certificate = peerCertificate(incoming);
  const request: ReceivedRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: '',
    ...(certificate && { clientCertificate: pem('CERTIFICATE', certificate.raw) }),
  };
  const receive = async () => (request.body = await readBody(incoming));
  send(response, await answer(request, { receive, certificate, signal: gone.signal }));
}

function send(response: ServerResponse, { status, headers, body, interrupted }: Reply): void {
  if (interrupted?.by === 'disconnect') {
    response.socket?.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  if (interrupted === undefined) {
    response.end(bytes);
    return;
  }
  response.flushHeaders();
  const cut = () => {
    if (interrupted.by === 'truncation') response.socket?.destroySoon();
  };
  const part = bytes.subarray(0, interrupted.after);
  if (part.length > 0) response.write(part, cut);
  else cut();
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY) throw new Error('The request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function peerCertificate({ socket }: IncomingMessage): Credentials['certificate'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  // An empty object stands for no certificate.
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? undefined : { raw, trusted: socket.authorized };
}
