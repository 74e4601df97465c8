import { MonoCloudBackendNodeClient, validateObserved } from './backend-node-client';
import { type CallCertificate, resolveCertificate, textOf } from './certificate/presented';
import { memoryOf } from './client-memory';
import { refuseChannel } from './diagnostics';
import {
  MonoCloudAuthBaseError,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from './errors';
import { native, type NativeAnswer, type NativeChecks } from './native';
import { reasonOf } from './observation';
import { compile, presenting } from './oidc-backend-client';
import { CORE } from './native-transport';
import { isThenable } from './thenable';
import type {
  AccessTokenClaims,
  MonoCloudBackendNodeClientOptions,
  ProtectApiRequestOptions,
  ProtectOptions,
  ValidateAccessTokenOptions,
} from './types';

/** The arguments of `protectApi`: a client with resolvers, or the options of a client together with resolvers. */
export type ProtectApiArguments<T> =
  | [client: MonoCloudBackendNodeClient, options?: ProtectApiRequestOptions<T>]
  | [options?: Partial<MonoCloudBackendNodeClientOptions> & ProtectApiRequestOptions<T>];

/** What comes of a request: the claims of its token, or the answer to it. */
export type Admission = { claims: AccessTokenClaims } | { answer: NativeAnswer };

/** What a route asks for. */
export interface Route {
  readonly checks: NativeChecks;
  readonly asked: ValidateAccessTokenOptions;
}

/** The class's own, which alone takes a certificate that has been read; whoever replaces it gets text. */
const { validateAccessToken } = MonoCloudBackendNodeClient.prototype;

/** The part of a request that every framework shares. */
interface HeadedRequest {
  headers: { authorization?: string };
}

/** Decides about requests; the frameworks' adapters carry the decision out. */
export class Guard<T extends HeadedRequest> {
  readonly #client: MonoCloudBackendNodeClient;
  readonly #resolvers: ProtectApiRequestOptions<T>;

  constructor([first, second]: ProtectApiArguments<T>) {
    if (first instanceof MonoCloudBackendNodeClient) {
      this.#client = first;
      this.#resolvers = second ?? {};
    } else {
      this.#client = new MonoCloudBackendNodeClient(first);
      this.#resolvers = first ?? {};
    }
  }

  /**
   * Compiles what a route asks for, before the first request comes; to change the options later changes nothing.
   *
   * @throws MonoCloudValidationError when it is no list of strings or no mode.
   */
  compile(options: ProtectOptions | undefined): Route {
    const { checks } = compile(this.#client[CORE], options, true);
    const { groups, scopes, validateCertificateBinding } = options ?? {};
    const asked: ValidateAccessTokenOptions = {
      clientCertificate: undefined,
      groups: copy(groups),
      scopes: copy(scopes),
    };
    if (validateCertificateBinding !== undefined) {
      asked.validateCertificateBinding = validateCertificateBinding;
    }
    return { checks, asked };
  }

  /** Whatever goes wrong has its answer. At once, unless something has to be waited for. */
  admit(request: T, route: Route): Admission | Promise<Admission> {
    try {
      if (this.#resolvers.certificateResolver || this.#resolvers.tokenResolver) {
        return this.#resolve(request, route).catch(refuseError);
      }
      const token = this.#bearerOf(request);
      if (!token) {
        return refuseMissing();
      }
      const claims = this.#validate(token, undefined, route);
      return isThenable(claims) ? Promise.resolve(claims).then(pass, refuseError) : { claims };
    } catch (error) {
      return refuseError(error);
    }
  }

  async #resolve(request: T, route: Route): Promise<Admission> {
    const { certificateResolver, tokenResolver } = this.#resolvers;
    const certificate = certificateResolver && (await resolveCertificate(certificateResolver, request));
    const resolved = tokenResolver && (await tokenResolver(request));
    const token = (resolved ?? this.#bearerOf(request))?.trim();
    return token ? { claims: await this.#validate(token, certificate, route) } : refuseMissing();
  }

  #validate(
    token: string,
    certificate: CallCertificate | undefined,
    { checks, asked }: Route,
  ): AccessTokenClaims | Promise<AccessTokenClaims> {
    const client = this.#client;
    if (client.validateAccessToken !== validateAccessToken) {
      return client.validateAccessToken(token, { ...asked, clientCertificate: textOf(certificate) });
    }
    if (certificate === undefined) {
      return validateObserved(client, token, { checks }, asked);
    }
    const options = { ...asked, clientCertificate: certificate } as ValidateAccessTokenOptions;
    return validateObserved(client, token, presenting(checks, certificate), options);
  }

  /** RFC 6750 section 2.1. What is remembered has been read before: it is one word. */
  #bearerOf({ headers }: HeadedRequest): string | undefined {
    const { authorization } = headers;
    if (typeof authorization !== 'string') {
      return undefined;
    }
    const known = authorization.startsWith('Bearer ')
      ? memoryOf(this.#client[CORE]).verdicts?.known(authorization.slice(7))
      : undefined;
    return known ?? native.bearerToken(authorization) ?? undefined;
  }
}

function copy<T>(list: T): T {
  return Array.isArray(list) ? (Array.from(list) as T) : list;
}

function pass(claims: AccessTokenClaims): Admission {
  return { claims };
}

function refuseMissing(): Admission {
  return refuse(native.answerToMissingToken(), 'token_missing');
}

function refuseError(error: unknown): Admission {
  return refuse(answerTo(error), reasonOf(error), error);
}

function answerTo(error: unknown): NativeAnswer {
  if (error instanceof MonoCloudTokenError) {
    return native.answerToFailure('token', error.code);
  }
  if (error instanceof MonoCloudHttpError) {
    return native.answerToFailure('http', undefined, error.status, error.retryAfter);
  }
  if (error instanceof MonoCloudOPError) {
    return native.answerToFailure('op', undefined, undefined, error.retryAfter);
  }
  if (error instanceof MonoCloudValidationError) {
    return native.answerToFailure('validation', undefined, undefined, error.retryAfter);
  }
  return native.answerToFailure();
}

function refuse(answer: NativeAnswer, reason: string, error?: unknown): Admission {
  if (refuseChannel.hasSubscribers) {
    const { status } = answer;
    const code = error instanceof MonoCloudTokenError ? error.code : undefined;
    const message = error === undefined ? answer.message : describe(error);
    refuseChannel.publish({ reason, message, code, status });
  }
  return { answer };
}

/** Only our own words: neither an application's exception nor V8's excerpt of a body that is no JSON. */
function describe(error: unknown): string {
  if (!(error instanceof MonoCloudAuthBaseError)) {
    return 'The application threw';
  }
  const { message, cause } = error as { message: string; cause?: unknown };
  return cause instanceof SyntaxError && message.endsWith(cause.message)
    ? message.slice(0, -cause.message.length).replace(/ : $/, '')
    : message;
}
