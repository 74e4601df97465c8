import { MonoCloudBackendNodeClient } from './backend-node-client';
import { resolveCertificate, textOf } from './certificate/presented';
import { refuseChannel } from './diagnostics';
import {
  MonoCloudAuthBaseError,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from './errors';
import { native, type NativeAnswer } from './native';
import { reasonOf } from './observation';
import { compile } from './oidc-backend-client';
import { CORE } from './native-transport';
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
   * Checks what a route asks for before the first request comes.
   *
   * @throws MonoCloudValidationError when it is no list of strings or no mode.
   */
  check(options: ProtectOptions | undefined): void {
    compile(this.#client[CORE], options, true);
  }

  /** Never throws: whatever goes wrong has its answer. */
  async admit(request: T, options: ProtectOptions | undefined): Promise<Admission> {
    try {
      const { certificateResolver, tokenResolver } = this.#resolvers;
      const clientCertificate = certificateResolver && (await resolveCertificate(certificateResolver, request));
      const resolved = tokenResolver && (await tokenResolver(request));
      const token = (resolved ?? bearerOf(request))?.trim();
      if (!token) {
        return refuse(native.answerToMissingToken(), 'token_missing');
      }
      const client = this.#client;
      const asked = {
        clientCertificate:
          client.validateAccessToken === validateAccessToken ? clientCertificate : textOf(clientCertificate),
        groups: options?.groups,
        scopes: options?.scopes,
      } as ValidateAccessTokenOptions;
      if (options?.validateCertificateBinding !== undefined) {
        asked.validateCertificateBinding = options.validateCertificateBinding;
      }
      return { claims: await client.validateAccessToken(token, asked) };
    } catch (error) {
      return refuse(answerTo(error), reasonOf(error), error);
    }
  }
}

function bearerOf({ headers }: HeadedRequest): string | undefined {
  const { authorization } = headers;
  return typeof authorization === 'string' ? (native.bearerToken(authorization) ?? undefined) : undefined;
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
