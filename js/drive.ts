import { type CallCertificate, textOf } from './certificate/presented';
import { type ClientMembers, settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { cacheChannel, type CacheMessage, fetchChannel } from './diagnostics';
import { MonoCloudAuthBaseError, MonoCloudTokenError } from './errors';
import { toError } from './failure';
import { answerByFetch, messageOf } from './fetch-transport';
import { replacedFetch } from './global-fetch';
import { native, type NativeFlow, type NativeRequest, type NativeStep } from './native';
import { CORE, transportOf } from './native-transport';
import { observeFetch } from './observation';
import type { AccessTokenClaims, CertificateBindingValidation, JwtClaims } from './types';

/** What the core may need of a client: its public methods, which may be overridden, and the application's functions. */
export interface Driven extends ClientMembers {
  getMetadata(): Promise<unknown>;
  getJwks(force?: boolean): Promise<unknown>;
  validateJwtAccessToken?(token: string, options: object): Promise<AccessTokenClaims>;
  introspectAccessToken?(token: string): Promise<AccessTokenClaims>;
  validateAccessTokenClaims?(claims: AccessTokenClaims, scopes?: string[], groups?: string[]): void;
  validateCertificateBinding?(
    claims: AccessTokenClaims,
    mode?: CertificateBindingValidation,
    certificate?: string,
  ): unknown;
}

/** The arguments of the public method that runs. */
export interface Call {
  token?: string;
  scopes?: string[];
  groups?: string[];
  clientCertificate?: CallCertificate;
}

/** Runs an operation of the core to its end: performs what it needs, answers it, and returns what it decides. */
export function drive<T>(client: Driven, flow: NativeFlow, call: Call = {}): Promise<T> {
  return new Drive(client, flow, call).run() as Promise<T>;
}

/**
 * Refreshes a document that still serves. Nobody waits for it: what comes of it is in memory. It runs on this side when
 * somebody listens to the requests.
 */
function refreshInBackground(client: Driven, jwks: boolean): void {
  const settings = settingsOf(client);
  const flow = client[CORE].startRefresh(jwks, settings, nowInSeconds());
  if (settings.native && !fetchChannel.hasSubscribers) {
    flow.detach(transportOf(client), settings.responseTimeout, nowInSeconds());
  } else {
    drive(client, flow).catch(() => undefined);
  }
}

class Drive {
  readonly #client: Driven;
  readonly #flow: NativeFlow;
  readonly #call: Call;
  /** What was thrown last, for the core to judge. */
  #thrown: unknown;
  /** What an overridden method answered last. */
  #kept: unknown;
  /** The object that the application's own checks have seen, so that they and the caller get the same one. */
  #claims?: { text: string; value: AccessTokenClaims };

  constructor(client: Driven, flow: NativeFlow, call: Call) {
    this.#client = client;
    this.#flow = flow;
    this.#call = call;
  }

  async run(): Promise<unknown> {
    let step = this.#flow.step;
    while (step.need !== undefined) {
      step = await this.#perform(step, step.need);
    }
    if (step.failed) {
      throw toError(step.failed, this.#thrown);
    }
    if (step.rethrow) {
      throw this.#thrown;
    }
    return step.done === 'kept' ? this.#kept : this.#parse(step.result ?? 'null');
  }

  #perform(step: NativeStep, need: string): Promise<NativeStep> {
    const client = this.#client;
    const { token, scopes, groups, clientCertificate } = this.#call;
    switch (need) {
      case 'fetch':
        return this.#fetch(step.request as NativeRequest);
      case 'getMetadata':
        return this.#asText(() => client.getMetadata());
      case 'getJwks':
        return this.#asText(() => (step.jwks ? client.getJwks(true) : client.getJwks()));
      case 'refresh':
        return this.#asKept(() => refreshInBackground(client, Boolean(step.jwks)));
      case 'wait':
        return this.#asKept(() => this.#flow.wait());
      case 'resolveMetadata':
        return this.#asText(() => client.metadataResolver?.());
      case 'resolveJwks':
        return this.#asText(() => client.jwksResolver?.());
      case 'validateJwt':
        return this.#asKept(() =>
          client.validateJwtAccessToken?.(token ?? '', {
            scopes,
            groups,
            validateCertificateBinding: step.mode,
            clientCertificate: textOf(clientCertificate),
          }),
        );
      case 'introspect':
        return this.#asText(() => client.introspectAccessToken?.(token ?? ''), true);
      case 'checkClaims':
        return this.#asKept(() =>
          step.ofCaller
            ? client.validateAccessTokenClaims?.(this.#parse(step.text), scopes, groups)
            : client.validateAccessTokenClaims?.(this.#parse(step.text)),
        );
      case 'checkBinding':
        return this.#asKept(() =>
          client.validateCertificateBinding?.(
            this.#parse(step.text),
            step.mode as CertificateBindingValidation | undefined,
            step.ofCaller ? textOf(clientCertificate) : undefined,
          ),
        );
      case 'cacheRead':
        return this.#cacheRead(token ?? '');
      default:
        return this.#cacheWrite(token ?? '', step);
    }
  }

  async #fetch(request: NativeRequest): Promise<NativeStep> {
    const { fetcher = replacedFetch(), responseTimeout = 0 } = this.#client;
    return observeFetch(this.#flow, request, fetcher ? 'fetch' : 'native', async () => {
      if (fetcher) {
        const remember = (error: unknown) => (this.#thrown = error);
        return answerByFetch(this.#flow, request, fetcher, responseTimeout, remember);
      }
      await this.#flow.fetch(transportOf(this.#client), responseTimeout, nowInSeconds());
      return this.#flow.advanced();
    });
  }

  /** The answer as JSON text; `isClaims` remembers the object itself as the one to return. */
  async #asText(method: () => unknown, isClaims = false): Promise<NativeStep> {
    return this.#answer(async () => {
      const value = await method();
      const text = toJson(value);
      if (isClaims && text !== undefined) {
        this.#claims = { text, value: value as AccessTokenClaims };
      }
      return () => this.#flow.answerText(text, nowInSeconds());
    });
  }

  async #asKept(method: () => unknown): Promise<NativeStep> {
    return this.#answer(async () => {
      this.#kept = await method();
      return () => this.#flow.answerKept(nowInSeconds());
    });
  }

  async #cacheRead(token: string): Promise<NativeStep> {
    return this.#answer(async () => {
      const text = toJson(await this.#client.cache?.get(token));
      return () => {
        const step = this.#flow.answerText(text, nowInSeconds());
        if (cacheChannel.hasSubscribers) {
          const message = { operation: 'get', result: this.#flow.observed.lookup } as CacheMessage;
          cacheChannel.publish(message);
        }
        return step;
      };
    }, 'get');
  }

  async #cacheWrite(token: string, step: NativeStep): Promise<NativeStep> {
    return this.#answer(async () => {
      const expiresAt = step.expiresAt ?? 0;
      await this.#client.cache?.set(token, entryOf(step.text ?? '{}', expiresAt), expiresAt);
      return () => this.#flow.answerKept(nowInSeconds());
    }, 'set');
  }

  /** A function that throws, synchronously or not, is reported to the core, which decides what that means. */
  async #answer(work: () => Promise<() => NativeStep>, cacheOperation?: 'get' | 'set'): Promise<NativeStep> {
    let answer: () => NativeStep;
    try {
      answer = await work();
    } catch (error) {
      if (cacheOperation) {
        const message: CacheMessage = { operation: cacheOperation, result: 'error', error };
        cacheChannel.publish(message);
      } else {
        this.#thrown = error;
      }
      const ours = error instanceof MonoCloudAuthBaseError;
      const tokenCode = error instanceof MonoCloudTokenError ? error.code : undefined;
      return this.#flow.answerThrew({ ours, tokenCode, message: messageOf(error) }, nowInSeconds());
    }
    return answer();
  }

  #parse(text = '{}'): AccessTokenClaims {
    if (this.#claims?.text !== text) {
      this.#claims = { text, value: JSON.parse(text) as AccessTokenClaims };
    }
    return this.#claims.value;
  }
}

/** Undefined for what has no JSON form. */
function toJson(value: unknown): string | undefined {
  return value === null ? undefined : JSON.stringify(value);
}

/**
 * The claims as the published SDK stores them. Their expiry shows only when they are serialised, so that adapters which
 * ignore `expiresAt` keep it nevertheless.
 */
function entryOf(text: string, expiresAt: number): JwtClaims {
  const entry = JSON.parse(text) as JwtClaims;
  const toJSON = () => ({ ...entry, [native.cacheExpiryMember()]: expiresAt });
  return Object.defineProperty(entry, 'toJSON', { value: toJSON });
}
