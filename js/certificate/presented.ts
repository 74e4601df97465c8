/** What reads a certificate natively. */
interface ReadCertificate {
  /** `x5t#S256` (RFC 8705 section 3.1). */
  readonly thumbprint: string;
  /** RFC 7468 section 5. */
  readonly pem: string;
}

/** A client certificate that the SDK itself has read: validations take its thumbprint in the place of its text. */
export class PresentedCertificate {
  readonly #certificate: ReadCertificate;

  constructor(certificate: ReadCertificate) {
    this.#certificate = certificate;
  }

  /** Whatever the value is, it is not asked. */
  static is(value: unknown): value is PresentedCertificate {
    return typeof value === 'object' && value !== null && #certificate in value;
  }

  get thumbprint(): string {
    return this.#certificate.thumbprint;
  }

  get pem(): string {
    return this.#certificate.pem;
  }
}

/** What a call carries as `clientCertificate`: the text of the application, or what our own resolver has read. */
export type CallCertificate = string | PresentedCertificate;

type Read = (request: unknown) => PresentedCertificate | undefined;

/** Resolvers of ours; a copy or a wrapper is none. */
const own = new WeakMap<object, Read>();

/** A `certificateResolver` that gives PEM to whoever calls it, and to our own guards what has been read. */
export function makeResolver<T>(
  read: (request: T) => PresentedCertificate | undefined,
): (request: T) => string | undefined {
  const resolver = (request: T) => read(request)?.pem;
  own.set(resolver, read as Read);
  return resolver;
}

/** The certificate that a resolver finds; read already, if the resolver is ours. */
export function resolveCertificate<T, R>(
  resolver: (request: T) => R,
  request: T,
): R | PresentedCertificate | undefined {
  const read = own.get(resolver);
  return read ? read(request) : resolver(request);
}

/** As the application's own methods get it. */
export function textOf<T>(certificate: T | PresentedCertificate): T | string {
  return PresentedCertificate.is(certificate) ? certificate.pem : certificate;
}
