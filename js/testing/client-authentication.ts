import { timingSafeEqual, X509Certificate } from 'node:crypto';
import { CERTIFICATE_METHODS, InvalidClient, methodsOf, type TestClient, type TestClientMethod } from './clients';
import { checkClientAssertion, readAssertion, type AssertionContext } from './client-assertion';

/** What a request shows of its sender. */
export interface Credentials {
  authorization?: string;
  form: URLSearchParams;
  /** The certificate presented in the TLS handshake. */
  certificate?: { raw: Buffer; /** It chains to the tenant's authority and is valid now. */ trusted: boolean };
}

export interface ClientAuthenticator {
  register(client: TestClient): void;
  /** @throws InvalidClient */
  authenticate(credentials: Credentials): TestClient;
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

export function createClientAuthenticator(issuer: string): ClientAuthenticator {
  const clients = new Map<string, TestClient>();
  const assertions: AssertionContext = { issuer, seen: new Map() };

  return {
    register(client) {
      clients.set(client.clientId, client);
    },
    authenticate(credentials) {
      const presented = readCredentials(credentials);
      const client = clients.get(presented.clientId);
      if (client === undefined) throw new InvalidClient('The client is not registered');
      const method = methodsOf(client).find((candidate) => presented.methods.includes(candidate));
      if (method === undefined) {
        throw new InvalidClient(`The client must authenticate with ${methodsOf(client).join(' or ')}`);
      }
      checkCredentials(client, method, presented, credentials, assertions);
      return client;
    },
  };
}

interface PresentedCredentials {
  clientId: string;
  /** The methods that the request can be read as. */
  methods: readonly TestClientMethod[];
  /** The secret as sent and, for Basic, as decoded. */
  secrets: string[];
  assertion: string;
}

function readCredentials({ authorization, form }: Credentials): PresentedCredentials {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  const type = form.get('client_assertion_type');
  const clientId = form.get('client_id');
  // RFC 6749 section 2.3: never more than one method in a request.
  if ([authorization, secret, assertion ?? type].filter((part) => part !== undefined && part !== null).length > 1) {
    throw new InvalidClient('More than one client authentication method was used');
  }
  if (authorization !== undefined) return readBasic(authorization, clientId);
  if (type === JWT_BEARER && assertion !== null) {
    const { header, claims } = readAssertion(assertion);
    if (typeof claims.sub !== 'string' || (clientId !== null && clientId !== claims.sub)) {
      throw new InvalidClient('The client_id is not the subject of the client assertion');
    }
    const symmetric = typeof header.alg === 'string' && header.alg.startsWith('HS');
    const methods = [symmetric ? 'client_secret_jwt' : 'private_key_jwt'] as const;
    return { clientId: claims.sub, methods, secrets: [], assertion };
  }
  if (clientId === null) throw new InvalidClient('No client authentication was included');
  if (type === JWT_SPIFFE && assertion !== null) {
    return { clientId, methods: ['spiffe_jwt'], secrets: [], assertion };
  }
  if (type !== null || assertion !== null) throw new InvalidClient('The client assertion type is not supported');
  if (secret !== null) return { clientId, methods: ['client_secret_post'], secrets: [secret], assertion: '' };
  return { clientId, methods: CERTIFICATE_METHODS, secrets: [], assertion: '' };
}

function readBasic(authorization: string, clientId: string | null): PresentedCredentials {
  const encoded = /^basic +(\S+)$/iu.exec(authorization)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw new InvalidClient('The Authorization header holds no Basic credentials');
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  if (clientId !== null && clientId !== formDecoded(id) && clientId !== id) {
    throw new InvalidClient('The client_id is not the user name of the Basic credentials');
  }
  // RFC 6749 section 2.3.1 wants both parts form-encoded; many clients leave that out, so either reading counts.
  return {
    clientId: formDecoded(id),
    methods: ['client_secret_basic'],
    secrets: [secret, formDecoded(secret)],
    assertion: '',
  };
}

function checkCredentials(
  client: TestClient,
  method: TestClientMethod,
  presented: PresentedCredentials,
  { certificate }: Credentials,
  assertions: AssertionContext,
): void {
  switch (method) {
    case 'client_secret_basic':
    case 'client_secret_post': {
      const expected = client.clientSecret ?? '';
      if (expected === '' || !presented.secrets.some((secret) => equal(secret, expected))) {
        throw new InvalidClient('The client secret is wrong');
      }
      return;
    }
    case 'client_secret_jwt':
    case 'private_key_jwt':
      checkClientAssertion(client, presented.assertion, assertions);
      return;
    case 'spiffe_jwt':
      if (client.assertion === undefined || !equal(presented.assertion, client.assertion)) {
        throw new InvalidClient('The client assertion is not the registered one');
      }
      return;
    default:
      checkCertificate(client, method, certificate);
  }
}

function checkCertificate(client: TestClient, method: TestClientMethod, presented: Credentials['certificate']): void {
  if (presented === undefined) throw new InvalidClient('No client certificate was presented');
  if (client.certificate === undefined) throw new InvalidClient('The client has no registered certificate');
  const registered = new X509Certificate(client.certificate);
  if (method === 'tls_client_auth') {
    // RFC 8705 section 2.1: a valid chain first, then the subject.
    if (!presented.trusted) throw new InvalidClient('The client certificate is not trusted');
    if (new X509Certificate(presented.raw).subject !== registered.subject) {
      throw new InvalidClient('The subject of the client certificate is not the registered one');
    }
  } else if (!registered.raw.equals(presented.raw)) {
    throw new InvalidClient('The client certificate is not the registered one');
  }
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replace(/&/gu, '%26')}`).get('v') ?? '';
}
