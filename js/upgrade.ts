import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { MonoCloudBackendNodeClient } from './backend-node-client';
import type { ClientCertAuthOptions } from './certificate/auth-options';
import type { ClientCertificate } from './certificate/client-certificate';
import { CertificateGate } from './certificate/gate';
import { makeResolver, PresentedCertificate } from './certificate/presented';
import { MonoCloudValidationError } from './errors';
import { Guard, type Route } from './guard';
import type { AccessTokenClaims, ProtectApiRequestOptions, ProtectOptions } from './types';

/** What `authenticateUpgrade` asks of a request: a token, a certificate, or both. Make it once and use it for all. */
export interface AuthenticateUpgradeOptions extends ProtectOptions, ProtectApiRequestOptions<IncomingMessage> {
  /** Validates the token. Without it no token is asked for. */
  client?: MonoCloudBackendNodeClient;
  /**
   * What is asked of the client's certificate; true asks for one that the TLS server has verified. Tokens are bound to
   * it, unless `certificateResolver` finds another.
   */
  clientCertificate?: ClientCertAuthOptions<IncomingMessage> | true;
}

/** What an upgrade that may go on has shown. */
export interface UpgradeAdmission {
  /** The claims of the token, if one was asked for. */
  claims?: AccessTokenClaims;
  /** The certificate, if one was asked for. */
  clientCertificate?: ClientCertificate;
  refusal?: undefined;
}

/** Milliseconds after which a client that does not take its answer is dropped. */
const FAREWELL = 5_000;

/** The answer to an upgrade that may not go on. As an error its message is what the client may know. */
export class UpgradeRefusal extends Error {
  /** HTTP status; 499 when the client has gone. */
  override readonly status: number;
  /** Of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What Socket.IO hands to its client. */
  readonly data: { status: number };

  /** @internal */
  constructor(message: string, status: number, headers: Record<string, string>, body: string) {
    super(message);
    this.name = 'UpgradeRefusal';
    this.status = status;
    this.headers = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
    this.body = body;
    this.data = { status };
  }

  /** The answer as it goes over the connection (RFC 9112 section 4). */
  get response(): string {
    const lines = Object.entries(this.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `HTTP/1.1 ${this.status} ${STATUS_CODES[this.status] ?? ''}\r\n${lines.join('')}\r\n${this.body}`;
  }

  /** Answers and closes the connection. Nothing that happens to it is thrown; a client that has gone is no error. */
  writeTo(socket: Duplex): void {
    socket.on('error', ignore);
    if (!socket.writable || this.status === GONE) {
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), FAREWELL).unref();
    socket.once('close', () => clearTimeout(timer));
    socket.once('finish', () => socket.destroy());
    socket.end(this.response);
  }
}

/** The client closed the connection before it was answered. */
const GONE = 499;

interface Gates {
  tokens?: { guard: Guard<IncomingMessage>; route: Route };
  gate?: CertificateGate<IncomingMessage>;
  /** What has passed the gate, while its token is looked at. */
  passed: WeakMap<object, ClientCertificate>;
}

const compiled = new WeakMap<object, Gates>();

/**
 * Authenticates the request of a WebSocket upgrade, or of a Socket.IO handshake, by its access token, its client
 * certificate or both. Resolves to what it has shown, or to its refusal, which is to be written to the socket; in an
 * upgrade a client that goes away meanwhile is refused at once.
 *
 * Browsers can't set `Authorization` on a WebSocket. `tokenResolver` may read the token from a subprotocol or from the
 * query; a query is written to the logs of every proxy.
 *
 * @throws MonoCloudValidationError, TypeError or Error for options that ask for nothing or are wrong.
 */
export async function authenticateUpgrade(
  request: IncomingMessage,
  options: AuthenticateUpgradeOptions,
): Promise<UpgradeAdmission | { refusal: UpgradeRefusal }> {
  const gates = gatesOf(options);
  return watch(request, () => authenticate(request, gates));
}

async function authenticate(
  request: IncomingMessage,
  { gate, tokens, passed }: Gates,
): Promise<UpgradeAdmission | { refusal: UpgradeRefusal }> {
  const admission: UpgradeAdmission = {};
  if (gate) {
    const certified = await gate.admit(request, () => gate.present(request));
    if ('problem' in certified) {
      const { status, headers, body } = certified.problem;
      return { refusal: new UpgradeRefusal(STATUS_CODES[status] ?? '', status, headers, body) };
    }
    admission.clientCertificate = certified.certificate;
    passed.set(request, certified.certificate);
  }
  if (tokens) {
    const admitted = await tokens.guard.admit(request, tokens.route);
    if ('answer' in admitted) {
      const { status, challenge, message, retryAfter } = admitted.answer;
      const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
      if (challenge != null) {
        headers['www-authenticate'] = challenge;
      }
      if (retryAfter != null) {
        headers['retry-after'] = String(retryAfter);
      }
      return { refusal: new UpgradeRefusal(message, status, headers, JSON.stringify({ message })) };
    }
    admission.claims = admitted.claims;
  }
  return admission;
}

/**
 * An upgraded socket has lost its server's listeners: without one of its own an error would end the process. Only an
 * upgrade lives and dies with its socket; other requests may outlive theirs.
 */
async function watch<T>(request: IncomingMessage, work: () => Promise<T>): Promise<T | { refusal: UpgradeRefusal }> {
  const { socket } = request;
  if (request.headers.upgrade === undefined || !socket) {
    return work();
  }
  let leave: () => void = ignore;
  const gone = new Promise<{ refusal: UpgradeRefusal }>((resolve) => {
    leave = () => resolve({ refusal: new UpgradeRefusal('The client has gone', GONE, {}, '') });
  });
  socket.on('error', ignore);
  socket.once('end', leave);
  socket.once('close', leave);
  if (socket.destroyed) {
    leave();
  }
  try {
    return await Promise.race([gone, work()]);
  } finally {
    socket.off('end', leave);
    socket.off('close', leave);
    socket.off('error', ignore);
  }
}

function gatesOf(options: AuthenticateUpgradeOptions): Gates {
  const known = compiled.get(options);
  if (known) {
    return known;
  }
  const { client, clientCertificate, certificateResolver, tokenResolver } = options ?? {};
  if (!client && !clientCertificate) {
    throw new MonoCloudValidationError('authenticateUpgrade needs a "client", a "clientCertificate" or both');
  }
  const gates: Gates = { passed: new WeakMap() };
  const asked = clientCertificate === true ? {} : clientCertificate;
  if (asked) {
    gates.gate = new CertificateGate(asked);
  }
  if (client) {
    const resolver =
      certificateResolver ?? (asked?.resolve ? resolverOfPassed(gates) : gates.gate && resolverOf(gates.gate));
    const guard = new Guard([client, { certificateResolver: resolver, tokenResolver }]);
    gates.tokens = { guard, route: guard.compile(options) };
  }
  compiled.set(options, gates);
  return gates;
}

/** A token is bound to the certificate that is asked for, which has passed by then. */
function resolverOf(gate: CertificateGate<IncomingMessage>): (request: IncomingMessage) => string | undefined {
  return makeResolver((request) => {
    const { certificate } = gate.present(request);
    return certificate && new PresentedCertificate(certificate);
  });
}

/** What the application finds is what passes: no other certificate may bind the token. */
function resolverOfPassed({ passed }: Gates): (request: IncomingMessage) => string | undefined {
  return (request) => passed.get(request)?.pem;
}

function ignore(): void {}
